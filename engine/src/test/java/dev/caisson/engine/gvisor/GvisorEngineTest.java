package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EngineContract;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.SandboxSpec;
import dev.caisson.linux.ProcessIdentity;
import dev.caisson.linux.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not in the contract, because it is about the tool. */
class GvisorEngineTest extends EngineContract {
    private static final String STARTED = "started";

    @Override
    protected Engine open(Installation installation) {
        return TestBuild.engine(installation);
    }

    /** The tool is killed after some milliseconds of its work, so that another piece of it is half-made each time. */
    @ParameterizedTest
    @ValueSource(ints = {0, 15, 40, 80})
    void aToolThatIsKilledMidwayLeavesNothing(int millis) throws Exception {
        var spec = newSpec();
        var start = CompletableFuture.supplyAsync(() -> outcome(spec), task -> Thread.ofVirtual().start(task));
        var tool = Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(10))
                .until(() -> tool(spec.id()), found -> found.isPresent() || start.isDone());
        long due = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() >= due);
        tool.ifPresent(process -> Signals.send(process, Signals.Signal.KILL));

        // A tool that had done its work before the signal came has started it.
        assertThat(start).succeedsWithin(Duration.ofSeconds(20));
        if (start.join().equals(STARTED)) {
            assertThat(remains()).containsExactly(spec.id());
        } else {
            assertThat(start.join()).contains("could not be started");
            assertThat(remains()).isEmpty();
        }
    }

    private String outcome(SandboxSpec spec) {
        try {
            startOnly(spec);
            return STARTED;
        } catch (EngineException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Optional<ProcessIdentity> tool(String id) throws IOException {
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (var entry : entries) {
                var process = ProcessIdentity.of(Long.parseLong(entry.getFileName().toString()));
                var line = commandLine(entry);
                if (line.contains("/runsc\0") && line.contains("\0run\0") && line.endsWith(id + "\0")) {
                    return process;
                }
            }
            return Optional.empty();
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
