package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.guest.ProcessEvent.Source;
import dev.caisson.guest.ProcessSelector.ByPid;
import dev.caisson.guest.ProcessSelector.ByTag;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Input and terminals of processes on the real agent. */
@Timeout(60)
class AgentInputTest {
    @RegisterExtension
    static final NativeAgent AGENT = new NativeAgent();

    private static final String ENDLESS = "echo ready; exec sleep 1000";

    @Test
    void writesToStandardInputAndClosesIt() {
        var link = AGENT.link();
        try (var stream = link.spawn(withInput("wc", "-c"))) {
            var process = new ByPid(stream.pid());
            link.writeInput(process, InputKind.STDIN, new byte[0]);
            link.writeInput(process, InputKind.STDIN, new byte[1_000_000]);
            link.writeInput(process, InputKind.STDIN, new byte[5]);
            link.closeInput(process);

            assertThat(Run.of(stream).text(Source.STDOUT).strip()).isEqualTo("1000005");
        }
    }

    @Test
    void closingInputAgainOrWhereThereIsNoneIsFine() {
        var link = AGENT.link();
        try (var with = link.spawn(withInput("sleep", "1000")); var without = link.spawn(command("sleep", "1000"))) {
            link.closeInput(new ByPid(with.pid()));
            link.closeInput(new ByPid(with.pid()));
            link.closeInput(new ByPid(without.pid()));
            link.signal(new ByPid(with.pid()), 9);
            link.signal(new ByPid(without.pid()), 9);
        }
    }

    @Test
    void refusesInputThatNobodyCanTake() {
        var link = AGENT.link();
        try (var none = link.spawn(shell(ENDLESS)); var closed = link.spawn(withInput("sleep", "1000"))) {
            fails(Category.CONFLICT, () -> link.writeInput(new ByPid(none.pid()), InputKind.STDIN, new byte[200_000]));
            fails(Category.CONFLICT, () -> link.writeInput(new ByPid(closed.pid()), InputKind.PTY, new byte[1]));
            link.closeInput(new ByPid(closed.pid()));
            fails(Category.CONFLICT, () -> link.writeInput(new ByPid(closed.pid()), InputKind.STDIN, new byte[1]));
            fails(Category.CONFLICT, () -> link.resize(new ByPid(none.pid()), 10, 10));
            fails(Category.NOT_FOUND, () -> link.writeInput(new ByTag("nobody"), InputKind.STDIN, new byte[1]));
            link.signal(new ByPid(none.pid()), 9);
            link.signal(new ByPid(closed.pid()), 9);
        }
    }

    @Test
    void givesATerminalOfTheRightSizeAndResizesIt() {
        var link = AGENT.link();
        var script = "trap 'stty size; exit 5' WINCH; stty size; while :; do sleep 0.05; done";
        var request = new SpawnRequest("sh", List.of("-c", script), Map.of(), Optional.empty(), AGENT.user(), Optional.empty(),
                false, Optional.of(new PtySize(100, 40)));
        try (var stream = link.spawn(request)) {
            var first = stream.next(Duration.ofSeconds(10)).orElseThrow();
            assertThat(first).isInstanceOfSatisfying(ProcessEvent.Output.class, output -> {
                assertThat(output.source()).isEqualTo(Source.PTY);
                assertThat(new String(output.data(), StandardCharsets.UTF_8)).isEqualTo("40 100\r\n");
            });
            link.resize(new ByPid(stream.pid()), 120, 50);
            fails(Category.UNSUPPORTED, () -> link.closeInput(new ByPid(stream.pid())));
            fails(Category.INVALID, () -> link.resize(new ByPid(stream.pid()), 0, 50));

            var run = Run.of(stream);
            assertThat(run.text(Source.PTY)).isEqualTo("50 120\r\n");
            assertThat(run.exit().code()).isEqualTo(5);
        }
    }

    @Test
    void typesIntoATerminal() {
        var link = AGENT.link();
        var request = new SpawnRequest("sh", List.of("-c", "stty -echo; echo ready; read line; echo \"<$line>\""), Map.of(),
                Optional.empty(), AGENT.user(), Optional.empty(), false, Optional.of(new PtySize(80, 24)));
        try (var stream = link.spawn(request)) {
            assertThat(stream.next(Duration.ofSeconds(10))).isPresent();
            link.writeInput(new ByPid(stream.pid()), InputKind.PTY, "hello\r".getBytes(StandardCharsets.UTF_8));

            assertThat(Run.of(stream).text(Source.PTY)).contains("<hello>");
        }
    }

    private static SpawnRequest shell(String script) {
        return command("sh", "-c", script);
    }

    private static SpawnRequest command(String command, String... arguments) {
        return new SpawnRequest(
                command, List.of(arguments), Map.of(), Optional.of("/"), AGENT.user(), Optional.empty(), false, Optional.empty());
    }

    private static SpawnRequest withInput(String command, String... arguments) {
        return new SpawnRequest(
                command, List.of(arguments), Map.of(), Optional.of("/"), AGENT.user(), Optional.empty(), true, Optional.empty());
    }
}
