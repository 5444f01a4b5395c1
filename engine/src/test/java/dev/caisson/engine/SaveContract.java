package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Mounts;
import dev.caisson.linux.Signals;
import dev.caisson.linux.Signals.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Saving memory and writing out disks: complete or not at all, and the sandbox goes on by one resume whatever happened. */
public abstract class SaveContract extends EngineContract {

    @Test
    void aSavedSandboxStaysPausedAndGoesOnByOneResume() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        slot.ask("count");
        for (int i = 0; i < 3; i++) {
            var memory = saved(sandbox, "memory-" + i);
            sandbox.flushDisk();
            assertThat(slot.answers()).isFalse();
            assertThat(engine.hindrance(memory)).isEmpty();
            sandbox.resume();
            sandbox.resume();
            awaitAnswer(slot);
        }
        assertThat(slot.ask("count")).isEqualTo("2");
        assertThat(sandbox.exited().toCompletableFuture()).isNotDone();
        assertThat(saves()).containsExactlyInAnyOrder("memory-0", "memory-1", "memory-2");
    }

    @Test
    void memoryThatIsGoneIsNotFlushed() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        saved(sandbox, "memory").flush();
        assertCategory(() -> new SavedMemory(place("none"), sandbox.handle().build()).flush(), Category.NOT_FOUND);
    }

    @Test
    void oneThatIsNotPausedIsNotSaved() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        assertCategory(() -> sandbox.saveMemory(place("memory")), Category.CONFLICT);
        assertCategory(sandbox::flushDisk, Category.CONFLICT);
        assertThat(saves()).isEmpty();
        assertThat(slot.answers()).isTrue();
    }

    @Test
    void oneThatHasEndedIsNotSaved() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        sandbox.pause();
        Signals.send(sandbox.handle().process(), Signal.KILL);
        assertThat(sandbox.exited().toCompletableFuture()).succeedsWithin(SOON);
        assertCategory(() -> sandbox.saveMemory(place("memory")), Category.CONFLICT);
        assertCategory(sandbox::flushDisk, Category.CONFLICT);
        assertThat(saves()).isEmpty();
    }

    @Test
    void nothingIsSavedOverSomethingElse() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        var memory = saved(sandbox, "memory");
        assertCategory(() -> sandbox.saveMemory(memory.folder()), Category.CONFLICT);
        assertThat(engine.hindrance(memory)).isEmpty();
        assertThat(saves()).containsExactly("memory");
    }

    @Test
    void whatACrashedSavingLeftIsInNobodysWay() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        Files.writeString(Files.createDirectory(place("memory.part")).resolve("half"), "x");
        saved(sandbox, "memory");
        assertThat(saves()).containsExactly("memory");
        assertThat(place("memory").resolve("half")).doesNotExist();
    }

    @Test
    void withoutRoomNothingIsLeftAndTheSandboxGoesOn() throws Exception {
        var small = Files.createDirectory(place("small"));
        Mounts.tmpfs(small, 4L << 20);
        try {
            var slot = machine.slot();
            var sandbox = start(machine.spec(slot), slot);
            sandbox.pause();
            assertCategory(() -> sandbox.saveMemory(small.resolve("memory")), Category.EXHAUSTED);
            try (var left = Files.list(small)) {
                assertThat(left).isEmpty();
            }
            sandbox.resume();
            awaitAnswer(slot);
            saved(sandbox, "memory");
        } finally {
            Mounts.unmount(small);
        }
    }

    /** Sparse, on a file system that is full: what is written comes to nothing when it is flushed. */
    @Test
    void whatCannotBeFlushedIsNotSaved() throws Exception {
        var small = Files.createDirectory(place("small"));
        Mounts.tmpfs(small, 24L << 20);
        var mounted = Files.createDirectory(place("mounted"));
        try {
            FileCopies.copy(machine.disk(), small.resolve("disk.img"));
            Mounts.ext4(small.resolve("disk.img"), mounted);
            var slot = machine.slot();
            var sandbox = start(machine.spec(slot), slot);
            slot.ask("take " + (64L << 20));
            sandbox.pause();
            assertThat(catchThrowable(() -> sandbox.saveMemory(mounted.resolve("memory")))).isInstanceOf(EngineException.class);
            try (var left = Files.list(mounted)) {
                assertThat(left.map(path -> path.getFileName().toString())).containsExactly("lost+found");
            }
            sandbox.resume();
            awaitAnswer(slot);
            assertThat(slot.ask("inspect")).isEqualTo("0 wrong");
        } finally {
            Mounts.abandon(mounted);
            Mounts.unmountAway(mounted);
            Awaitility.await().atMost(SOON).until(() -> LoopDevices.attachedBelow(small).isEmpty());
            Mounts.unmount(small);
        }
    }

    @Test
    void aSandboxThatIsKilledWhileItIsSavedLeavesNothingHalf() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        slot.ask("take " + (128L << 20));
        sandbox.pause();
        var saving = saving(sandbox);
        Signals.send(sandbox.handle().process(), Signal.KILL);
        assertCompleteOrAbsent(saving, sandbox);
        assertThat(sandbox.exited().toCompletableFuture()).succeedsWithin(SOON).isEqualTo(new Exit("killed"));
    }

    @Test
    void aSandboxThatIsRemovedWhileItIsSavedLeavesNothingHalf() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        slot.ask("take " + (128L << 20));
        sandbox.pause();
        var saving = saving(sandbox);
        engine.remove(sandbox.id());
        assertThat(engine.remains()).isEmpty();
        assertCompleteOrAbsent(saving, sandbox);
    }

    @Test
    void aDiskThatWasWrittenOutIsWholeWhileItsSandboxGoesOn() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("hold /open");
        slot.ask("append unsynced");
        slot.ask("put /closed content");
        saved(sandbox, "memory");
        sandbox.flushDisk();
        var copy = place("copy.img");
        FileCopies.copy(spec.disk(), copy);
        sandbox.resume();
        slot.ask("append -more");

        var mounted = Files.createDirectory(place("mounted"));
        Mounts.frozenExt4(copy, mounted);
        try {
            assertThat(mounted.resolve("upper/open")).hasContent("unsynced");
            assertThat(mounted.resolve("upper/closed")).hasContent("content");
        } finally {
            Mounts.unmountImage(mounted, SOON);
        }
    }

    /** Files alone, as for a start from them: what the guest's programs handed to its kernel is there, flushed by them or not. */
    @Test
    void aDiskIsWholeWithoutItsMemory() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);
        slot.ask("hold /open");
        slot.ask("append unsynced");
        slot.ask("put /closed content");
        slot.ask("fill /big " + (32L << 20));
        sandbox.pause();
        sandbox.flushDisk();
        var copy = place("copy.img");
        FileCopies.copy(spec.disk(), copy);
        sandbox.resume();

        var mounted = Files.createDirectory(place("mounted"));
        Mounts.frozenExt4(copy, mounted);
        try {
            assertThat(mounted.resolve("upper/open")).hasContent("unsynced");
            assertThat(mounted.resolve("upper/closed")).hasContent("content");
            assertThat(mounted.resolve("upper/big")).hasSize(32L << 20);
        } finally {
            Mounts.unmountImage(mounted, SOON);
        }
    }

    @Test
    void anotherServerSavesWhatAnEarlierOnePaused() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        sandbox.pause();
        var found = reopened().find(sandbox.handle()).orElseThrow();
        found.saveMemory(place("memory"));
        assertThat(saves()).containsExactly("memory");
        found.resume();
        awaitAnswer(slot);
    }

    /** A saving that has begun: completes with what it threw, or with null. */
    private CompletableFuture<Throwable> saving(EngineSandbox sandbox) {
        var saving = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> sandbox.saveMemory(place("memory"))), task -> Thread.ofVirtual().start(task));
        Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).atMost(SOON)
                .until(() -> Files.exists(place("memory.part")) || saving.isDone());
        return saving;
    }

    /** What disturbed it may have come too late. */
    private void assertCompleteOrAbsent(CompletableFuture<Throwable> saving, EngineSandbox sandbox) throws IOException {
        assertThat(saving).succeedsWithin(SOON);
        if (saving.join() == null) {
            assertThat(saves()).containsExactly("memory");
            assertThat(engine.hindrance(new SavedMemory(place("memory"), sandbox.handle().build()))).isEmpty();
        } else {
            assertThat(saving.join()).isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
            assertThat(saves()).isEmpty();
        }
    }

    private Path place(String name) {
        return machine.installation().data().resolve(name);
    }

    /** What is in the installation's folder besides disks and mount points. */
    private List<String> saves() throws IOException {
        try (var files = Files.list(machine.installation().data())) {
            return files.map(path -> path.getFileName().toString()).filter(name -> name.startsWith("memory")).toList();
        }
    }
}
