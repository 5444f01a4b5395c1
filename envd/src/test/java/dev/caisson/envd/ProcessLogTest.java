package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.envd.connect.Deadline;
import dev.caisson.guest.ProcessEvent;
import dev.caisson.guest.ProcessEvent.Source;
import dev.caisson.guest.SpawnRequest;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import dev.caisson.node.LogQuery;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** contract/envd.md §6.4. */
class ProcessLogTest {
    private static final String START = "/process.Process/Start";

    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd = EnvdFixture.open(agent);

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void theStartAndTheEndOfAProcessAreWrittenAndNotWhatItPrints() {
        agent.run("/bin/bash", process -> process.print("secret\n").emit(Source.STDERR, new byte[3]).exit(2));

        envd.stream(START, "{\"process\":{\"cmd\":\"/bin/bash\",\"args\":[\"-c\",\"echo hi\"],\"cwd\":\"/tmp\",\"envs\":{\"A\":\"hidden\"}},"
                + "\"tag\":\"mine\"}");

        var log = log();
        assertThat(log).extracting(LogEntry::logger).containsExactly("process", "process");
        assertThat(log).extracting(LogEntry::level).containsExactly(LogLevel.INFO, LogLevel.INFO);
        assertThat(log.get(0).message()).isEqualTo("Process 100 started: /bin/bash -c echo hi");
        assertThat(log.get(0).fields())
                .containsEntry("event_type", "process_start")
                .containsEntry("pid", "100")
                .containsEntry("command", "/bin/bash -c echo hi")
                .containsEntry("cwd", "/tmp")
                .containsEntry("user", "default")
                .containsEntry("tag", "mine")
                .doesNotContainKey("request_timeout_ms");
        assertThat(log.get(1).message()).isEqualTo("Process 100 ended: exit status 2");
        assertThat(log.get(1).fields())
                .containsEntry("event_type", "process_end")
                .containsEntry("pid", "100")
                .containsEntry("process_result", "exit status 2")
                .containsEntry("stdout_bytes", "7")
                .containsEntry("stderr_bytes", "3")
                .containsKey("duration_ms");
        assertThat(log.toString()).doesNotContain("secret", "hidden");
    }

    @Test
    void aProcessThatItsDeadlineEndsIsSaidToBeKilled() {
        agent.run("x", process -> {});
        envd.send(EnvdFixture.streamRequest(START, "{\"process\":{\"cmd\":\"x\"}}").header("Connect-Timeout-Ms", "50"));
        await().until(() -> log().size() == 2);
        assertThat(log().get(0).fields()).hasEntrySatisfying(
                "request_timeout_ms", millis -> assertThat(Integer.parseInt(millis)).isBetween(0, 50));
        assertThat(log().get(1).fields().get("process_result")).contains("killed", "deadline");
    }

    @Test
    void anEndThatSeveralSeeIsWrittenOnce() throws InterruptedException {
        agent.run("x", process -> process.awaitInputClosed(Duration.ofSeconds(10)));
        var first = Thread.ofVirtual().start(() -> envd.stream(START, "{\"process\":{\"cmd\":\"x\"}}"));
        await().until(() -> log().size() == 1);
        var second = Thread.ofVirtual().start(() -> envd.stream("/process.Process/Connect", "{\"process\":{\"pid\":100}}"));
        envd.unary("/process.Process/SendSignal", "{\"process\":{\"pid\":100},\"signal\":\"SIGNAL_SIGKILL\"}");
        first.join();
        second.join();
        assertThat(log()).extracting(entry -> entry.fields().get("event_type")).containsExactly("process_start", "process_end");
    }

    @Test
    void aProcessThatCannotBeStartedIsAnError() {
        envd.stream(START, "{\"process\":{\"cmd\":\"x\",\"cwd\":\"/not/there\"}}");
        assertThat(log()).singleElement().satisfies(entry -> {
            assertThat(entry.level()).isEqualTo(LogLevel.ERROR);
            assertThat(entry.fields()).containsEntry("command", "x").containsEntry("cwd", "/not/there");
        });
    }

    @Test
    void oneSandboxsManyProcessesTakeNothingFromAnotherAndItsOwnOldestAreForgotten() {
        var log = new ProcessLog(envd.node);
        var other = envd.add(new FakeAgent(), false);
        for (int pid = 0; pid < 25_000; pid++) {
            log.started(envd.sandbox, pid, request("x", List.of()), Deadline.none());
        }
        log.started(other, 7, request("y", List.of()), Deadline.none());
        for (int pid : List.of(0, 24_999)) {
            log.ended(envd.sandbox, pid, new ProcessEvent.Exited(0, 0, false), Map.of());
        }
        log.ended(other, 7, new ProcessEvent.Exited(0, 0, false), Map.of());

        assertThat(log(other)).extracting(LogEntry::message).containsExactly("Process 7 started: y", "Process 7 ended: exit status 0");
        assertThat(log(envd.sandbox, "ended")).extracting(LogEntry::message).containsExactly("Process 24999 ended: exit status 0");
    }

    @Test
    void ofLongCommandsTheBeginningIsWritten() {
        var log = new ProcessLog(envd.node);
        log.started(envd.sandbox, 7, request("a\nb", List.of("x".repeat(1 << 20), "y".repeat(1 << 20))), Deadline.none());

        assertThat(log()).singleElement().satisfies(entry -> {
            assertThat(entry.message()).startsWith("Process 7 started: a b xxx").endsWith("x…").hasSizeLessThan(200);
            assertThat(entry.fields().get("command")).startsWith("a\nb xxx").endsWith("x…").hasSize(4097);
        });
    }

    private static SpawnRequest request(String command, List<String> arguments) {
        return new SpawnRequest(command, arguments, Map.of(), Optional.empty(), "", Optional.empty(), false, Optional.empty());
    }

    private List<LogEntry> log() {
        return log(envd.sandbox);
    }

    private List<LogEntry> log(SandboxInfo sandbox) {
        return log(sandbox, "");
    }

    private List<LogEntry> log(SandboxInfo sandbox, String search) {
        return envd.node.logs().read(
                sandbox.owner(), sandbox.id(), new LogQuery(Instant.EPOCH, Instant.MAX, false, 100, LogLevel.DEBUG, search));
    }
}
