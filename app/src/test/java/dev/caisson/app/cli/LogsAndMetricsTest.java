package dev.caisson.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.LogLevel;
import dev.caisson.node.UsageSample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The commands against a real control plane. */
@Isolated("reads what the commands print")
class LogsAndMetricsTest {
    private ServedPlane plane;
    private SandboxId id;

    @BeforeEach
    void serve(@TempDir Path data) throws IOException {
        plane = new ServedPlane(data);
        id = plane.node.create(new CreateRequest(
                "base", plane.team.id(), Duration.ofMinutes(5), true, true, Map.of(), Map.of())).id();
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void aLogIsShownOldestFirstAlsoWhenTheSandboxHasEnded() {
        append(LogLevel.INFO, "Sandbox created", Map.of());
        append(LogLevel.ERROR, "two\nlines \u001b[31m", Map.of());
        plane.node.kill(id, EndCause.REQUEST);

        var lines = plane.caisson(0, "logs", id.value()).lines().toList();

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("[0-9T:.-]+Z +INFO  process  Sandbox created");
        assertThat(lines.get(1)).endsWith("ERROR process  two lines  [31m");
        assertThat(plane.caisson(0, "logs", "--level", "warn", id.value()).lines()).hasSize(1);
        assertThat(plane.caisson(0, "logs", "--json", "--since", "1h", id.value()).lines()).hasSize(2)
                .first().asString().startsWith("{\"timestamp\":").contains("\"message\":\"Sandbox created\"");
    }

    @Test
    void aLogOfManyPagesIsShownOnceAndWhole() {
        for (int i = 0; i < 2500; i++) {
            append(LogLevel.INFO, "line " + i, Map.of());
        }
        var lines = plane.caisson(0, "logs", id.value()).lines().toList();
        assertThat(lines).hasSize(2500);
        assertThat(lines.getFirst()).endsWith(" line 0");
        assertThat(lines.getLast()).endsWith(" line 2499");
    }

    @Test
    void aLogThatIsFollowedEndsWithItsSandbox() throws InterruptedException {
        append(LogLevel.INFO, "before", Map.of());
        var end = Thread.ofVirtual().start(() -> {
            append(LogLevel.INFO, "meanwhile", Map.of());
            plane.node.kill(id, EndCause.REQUEST);
            append(LogLevel.INFO, "Sandbox ended", Map.of("event_type", "sandbox.lifecycle.killed"));
        });
        assertThat(plane.caisson(0, "logs", "-f", id.value()).lines().map(line -> line.substring(40).strip()))
                .containsExactly("before", "meanwhile", "Sandbox ended");
        end.join();
    }

    @Test
    void samplesAreShownAlsoWhenTheSandboxHasEndedAndInfoShowsTheLast() {
        sample(12.34);
        sample(50);
        assertThat(plane.caisson(0, "info", id.value())).contains("cpu used             50.0%").contains("64M / 1.0G");
        plane.node.kill(id, EndCause.REQUEST);

        var lines = plane.caisson(0, "metrics", id.value()).lines().toList();

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("TIME ");
        assertThat(lines.get(1)).contains(" 12.3%  64M / 1.0G ").contains(" 512K  ").contains("1M / 10.0G");
        assertThat(lines.get(2)).contains(" 50.0% ");
        assertThat(plane.caisson(0, "metrics", "--follow", id.value()).lines()).hasSize(3);
        assertThat(plane.caisson(0, "metrics", "--json", id.value()).lines()).hasSize(2).first().asString().contains("\"cpuUsedPct\":12.34");
    }

    @Test
    void aSandboxWithoutSamplesYetIsNoError() {
        assertThat(plane.caisson(0, "metrics", id.value())).contains("no samples yet");
        assertThat(plane.caisson(0, "info", id.value())).doesNotContain("cpu used");
    }

    @Test
    void aSandboxThatNobodyKnowsIsSaidToBeUnknown() {
        assertThat(plane.caisson(1, "logs", SandboxId.random().value())).contains("there is no sandbox");
        assertThat(plane.caisson(1, "metrics", SandboxId.random().value())).contains("there is no sandbox");
        assertThat(plane.caisson(1, "logs", "no id/?#")).contains("Invalid sandbox ID");
    }

    @Test
    void badOptionsAreExplained() {
        assertThat(plane.caisson(2, "logs", "--level", "loud", id.value())).contains("--level").contains("debug, info, warn, error");
        assertThat(plane.caisson(2, "logs", "--since", "yesterday", id.value())).contains("neither like 90s");
        assertThat(plane.caisson(0, "logs", "--help")).contains("Example: caisson logs -f");
        assertThat(plane.caisson(0, "metrics", "--help")).contains("Example: caisson metrics");
    }

    private void append(LogLevel level, String message, Map<String, String> fields) {
        plane.node.logs().append(plane.team.id(), id, level, "process", message, fields);
    }

    private void sample(double percent) {
        plane.node.usageHistory().add(plane.team.id(), id, new UsageSample(
                Instant.now(), 2, percent, 64 << 20, 1L << 30, 1 << 19, 1 << 20, 10L << 30));
    }
}
