package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.engine.Durability;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EngineContract;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.linux.Mounts;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not in the contract, because it is about how this engine works: its tool is killed after some milliseconds, and the like. */
class GvisorEngineTest extends EngineContract {
    private static final String DONE = "done";

    @Override
    protected Engine open(Installation installation) {
        return TestBuild.engine(installation);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 40, 80})
    void aStartThatEndsMidwayLeavesNothing(int millis) throws Exception {
        var spec = machine.spec(machine.slot());
        var outcome = killed("run", spec.id(), millis, () -> engine.start(spec));
        if (outcome.equals(DONE)) {
            assertThat(engine.remains()).containsExactly(spec.id());
        } else {
            assertThat(outcome).contains("could not be started");
            assertThat(engine.remains()).isEmpty();
            machine.assertDiskClean(spec.disk());
        }
    }

    @ParameterizedTest
    @CsvSource({"create, 0", "create, 40", "restore, 0", "restore, 15", "restore, 30"})
    void aRestoreThatEndsMidwayLeavesNothingAndMayBeRepeated(String subcommand, int millis) throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("take " + (64L << 20));
        var memory = saved(sandbox);
        engine.release(spec.id());
        slot.readdress();
        var outcome = killed(subcommand, spec.id(), millis, () -> engine.restore(spec, memory));
        if (outcome.equals(DONE)) {
            assertThat(engine.remains()).containsExactly(spec.id());
            engine.release(spec.id());
        } else {
            assertThat(outcome).contains("could not be started");
            assertThat(engine.remains()).isEmpty();
        }
        machine.assertDiskClean(spec.disk());
        restored(spec, slot, memory);
        assertThat(slot.ask("inspect")).isEqualTo("0 wrong");
    }

    /** Nobody waits for the kernel's answer any more, and it writes on. */
    @ParameterizedTest
    @ValueSource(ints = {0, 10, 20, 40})
    void aSavingThatIsGivenUpMidwayLeavesNothingAndTheSandboxGoesOn(int millis) throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        slot.ask("take " + (192L << 20));
        sandbox.pause();
        var folder = machine.installation().data().resolve("memory");
        var outcome = outcome(() -> saver(sandbox).save(folder, 1, Durability.WRITTEN, Duration.ofMillis(millis)));
        assertThat(outcome).matches(text -> text.equals(DONE) || text.contains("in time"));
        assertThat(Files.exists(folder)).isEqualTo(outcome.equals(DONE));
        assertThat(folder.resolveSibling("memory.part")).doesNotExist();

        sandbox.resume();
        sandbox.resume();
        awaitAnswer(slot);
        assertThat(slot.ask("inspect")).isEqualTo("0 wrong");
        var memory = saved(sandbox, "again");
        assertThat(engine.hindrance(memory)).isEmpty();
        assertThat(sandbox.exited().toCompletableFuture()).isNotDone();
    }

    /** There seems to be room for it, and then there is not. */
    @Test
    void aFullFileSystemInTheMiddleOfASavingLeavesNothingAndTheSandboxGoesOn() throws Exception {
        var small = Files.createDirectory(machine.installation().data().resolve("small"));
        Mounts.tmpfs(small, 24L << 20);
        try {
            var slot = machine.slot();
            var sandbox = start(machine.spec(slot), slot);
            slot.ask("take " + (64L << 20));
            sandbox.pause();
            assertCategory(() -> saver(sandbox).save(small.resolve("memory"), 1, Durability.WRITTEN, SOON), Category.EXHAUSTED);
            try (var left = Files.list(small)) {
                assertThat(left).isEmpty();
            }
            assertThat(small.toFile().getUsableSpace()).isGreaterThan(23L << 20);
            sandbox.resume();
            awaitAnswer(slot);
            assertThat(slot.ask("inspect")).isEqualTo("0 wrong");
        } finally {
            Mounts.detach(small);
        }
    }

    private MemorySaver saver(EngineSandbox sandbox) {
        var places = Places.of(machine.installation());
        return new MemorySaver(sandbox.handle(), places, new Builds(TestBuild.folder()), new ControlSocket(places.socket(sandbox.id()), sandbox.id()));
    }

    /** Says how the work ended whose tool was killed; it may have been done before. */
    private static String killed(String subcommand, String id, int millis, Runnable work) {
        var outcome = CompletableFuture.supplyAsync(() -> outcome(work), task -> Thread.ofVirtual().start(task));
        var tool = Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).atMost(SOON)
                .until(() -> tool(subcommand, id), found -> found.isPresent() || outcome.isDone());
        long due = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() >= due);
        tool.ifPresent(process -> Signals.send(process, Signals.Signal.KILL));
        assertThat(outcome).succeedsWithin(SOON);
        return outcome.join();
    }

    private static String outcome(Runnable work) {
        try {
            work.run();
            return DONE;
        } catch (EngineException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Optional<ProcessIdentity> tool(String subcommand, String id) throws IOException {
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (var entry : entries) {
                var process = ProcessIdentity.of(Long.parseLong(entry.getFileName().toString()));
                var line = commandLine(entry);
                if (line.contains("/runsc\0") && line.contains("\0" + subcommand + "\0") && line.endsWith(id + "\0")) {
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
