package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.caisson.base.Category;
import dev.caisson.linux.Signals;
import dev.caisson.linux.Signals.Signal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Going on from saved memory on the same disk: what goes on, and how it fails. */
public abstract class RestoreContract extends EngineContract {

    @Test
    void aSavedSandboxGoesOnWhereItWas() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("folder /desk");
        slot.ask("enter /desk");
        slot.ask("hold notes");
        slot.ask("append before");
        slot.ask("take " + (32L << 20));
        assertThat(slot.ask("count")).isEqualTo("1");
        var boot = slot.ask("cat /proc/sys/kernel/random/boot_id");

        var memory = saved(sandbox);
        engine.release(spec.id());
        assertThat(sandbox.handle().process().isAlive()).isFalse();
        assertThat(engine.remains()).isEmpty();
        machine.assertDiskClean(spec.disk());

        var restored = restored(spec, slot, memory);
        assertThat(restored.id()).isEqualTo(spec.id());
        assertThat(restored.handle().build()).isEqualTo(memory.build());
        assertThat(slot.ask("count")).isEqualTo("2");
        assertThat(slot.ask("where")).isEqualTo("/desk");
        assertThat(slot.ask("append -after")).isEqualTo("6");
        assertThat(slot.ask("held")).isEqualTo("before-after");
        assertThat(slot.ask("cat /desk/notes")).isEqualTo("before-after");
        assertThat(slot.ask("inspect")).isEqualTo("0 wrong");
        assertThat(slot.ask("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        assertThat(slot.ask("cat /proc/meminfo")).startsWith("MemTotal:         262144 kB");
        assertThat(Long.parseLong(slot.ask("now"))).isCloseTo(System.currentTimeMillis(), within(5000L));
    }

    @Test
    void itCanBeSavedAgainAndAgain() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        for (int i = 1; i <= 3; i++) {
            assertThat(slot.ask("count")).isEqualTo(Integer.toString(i));
            slot.ask("put /file-" + i + " content");
            var memory = saved(sandbox, "memory-" + i);
            engine.release(spec.id());
            sandbox = restored(spec, slot, memory);
            assertThat(slot.ask("cat /file-" + i)).isEqualTo("content");
        }
    }

    @Test
    void itGoesOnElsewhereAsAnotherWithOtherLimits() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("count");
        var memory = saved(sandbox);
        engine.release(spec.id());

        var other = machine.slot();
        var copy = machine.copy(spec, other, spec.layers(), spec.disk());
        var bigger = new SandboxSpec(copy.id(), copy.layers(), copy.disk(), copy.namespace(), new Limits(1, 384L << 20, 4000), copy.arguments(),
                copy.environment(), copy.hostname());
        restored(bigger, other, memory);
        assertThat(other.ask("count")).isEqualTo("2");
        assertThat(other.ask("cat /proc/meminfo")).startsWith("MemTotal:         393216 kB");
        assertThat(slot.answers()).isFalse();
    }

    @Test
    void aGuestWhoseMemoryIsFullGoesOn() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        assertThat(slot.ask("take " + (240L << 20))).isEqualTo("taken");
        var memory = saved(sandbox);
        engine.release(spec.id());
        restored(spec, slot, memory);
        assertThat(slot.ask("inspect")).isEqualTo("0 wrong");
    }

    @Test
    void itsMemoryIsGuardedAndItsEndIsNoticed() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var memory = saved(start(spec, slot));
        engine.release(spec.id());
        var restored = restored(spec, slot, memory);
        assertThat(slot.ask("hog " + (2L << 30))).isEqualTo("signal 9");
        assertThat(restored.usage().tasks()).isPositive();
        assertThat(restored.exited().toCompletableFuture()).isNotDone();
        assertFails(() -> slot.ask("exit 7"));
        assertThat(restored.exited().toCompletableFuture()).succeedsWithin(SOON).isEqualTo(new Exit("exited with status 7"));
    }

    @Test
    void aLaterServerFindsIt() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var memory = saved(start(spec, slot));
        engine.release(spec.id());
        var restored = restored(spec, slot, memory);
        restored.pause();

        var found = reopened().find(restored.handle()).orElseThrow();
        assertThat(found.handle()).isEqualTo(restored.handle());
        assertThat(slot.answers()).isFalse();
        found.resume();
        awaitAnswer(slot);
        Signals.send(found.handle().process(), Signal.KILL);
        assertThat(found.exited().toCompletableFuture()).succeedsWithin(SOON).isEqualTo(new Exit("killed"));
    }

    @Test
    void aConnectionToTheOutsideHasEndedForTheGuest() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        try (var server = new ServerSocket(0, 8, InetAddress.getByName(TestSlot.HOST))) {
            assertThat(slot.ask("reach " + TestSlot.HOST + " " + server.getLocalPort())).isEqualTo("reached");
            try (var connection = server.accept()) {
                assertThat(connection.isConnected()).isTrue();
                var memory = saved(sandbox);
                engine.release(spec.id());
                restored(spec, slot, memory);
                assertThat(slot.ask("hear")).isEqualTo("end");
            }
            assertThat(slot.ask("reach " + TestSlot.HOST + " " + server.getLocalPort())).isEqualTo("reached");
        }
    }

    /** A guest that sends a number every millisecond, as the contract of a pause says: none twice, none missing. */
    @Test
    void nothingThatTheGuestDoesAfterItsPauseIsSeen() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        try (var listener = new NumberListener(TestSlot.HOST)) {
            slot.ask("counts " + TestSlot.HOST + " " + listener.port());
            for (int i = 0; i < 3; i++) {
                listener.awaitMore(200);
                var memory = saved(sandbox, "memory-" + i);
                engine.release(spec.id());
                sandbox = restored(spec, slot, memory);
            }
            listener.awaitMore(200);
            assertThat(listener.gaps()).isEmpty();
        }
    }

    @Test
    void memoryOfABuildThatIsNotHereIsRefused() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var memory = saved(start(spec, slot));
        engine.release(spec.id());
        var foreign = new SavedMemory(memory.folder(), "another");
        assertThat(engine.builds()).contains(memory.build()).doesNotContain("another");
        assertThat(engine.hindrance(foreign)).hasValueSatisfying(text -> assertThat(text).contains("another"));
        assertRefused(spec, foreign, Category.UNSUPPORTED);
        restored(spec, slot, memory);
    }

    @Test
    void memoryThatIsMissingOrDamagedIsRefused() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var memory = saved(start(spec, slot));
        engine.release(spec.id());
        assertRefused(spec, new SavedMemory(memory.folder().resolveSibling("none"), memory.build()), Category.NOT_FOUND);
        for (var file : files(memory.folder())) {
            var kept = Files.readAllBytes(file);
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(kept.length / 2);
            }
            assertRefused(spec, memory, Category.INTERNAL);
            assertThat(engine.hindrance(memory)).as(file.toString()).isPresent();
            Files.delete(file);
            assertRefused(spec, memory, Category.NOT_FOUND);
            Files.write(file, kept);
        }
        restored(spec, slot, memory);
    }

    /** The length is right, the content is not: what notices it is the engine itself, in the middle of its work. */
    @Test
    void aRestoreThatFailsMidwayLeavesNothing() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var memory = saved(start(spec, slot));
        engine.release(spec.id());
        for (var file : files(memory.folder())) {
            Files.write(file, new byte[(int) Files.size(file)]);
        }
        assertRefused(spec, memory, Category.INTERNAL);
        machine.assertDiskClean(spec.disk());
    }

    @Test
    void itIsNotRestoredOverOneThatIsThere() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        var memory = saved(sandbox);
        assertCategory(() -> engine.restore(spec, memory), Category.CONFLICT);
        sandbox.resume();
        awaitAnswer(slot);
    }

    private void assertRefused(SandboxSpec spec, SavedMemory memory, Category category) {
        assertCategory(() -> engine.restore(spec, memory), category);
        assertThat(engine.remains()).isEmpty();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }
}
