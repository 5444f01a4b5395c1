package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.guest.ProcessEvent.Source;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import dev.caisson.node.LogQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    private List<LogEntry> log() {
        return envd.node.logs().read(
                envd.sandbox.owner(), envd.sandbox.id(), new LogQuery(Instant.EPOCH, Instant.MAX, false, 100, LogLevel.DEBUG, ""));
    }
}
