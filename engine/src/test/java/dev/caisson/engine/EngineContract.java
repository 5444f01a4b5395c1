package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Mounts;
import dev.caisson.linux.ProcessIdentity;
import dev.caisson.linux.Signals;
import dev.caisson.linux.Signals.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine does. A subclass says how to open one; after each test nothing of it may be left on the machine. */
@Tag("root")
public abstract class EngineContract {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static TestGuest guest;

    TestMachine machine;
    Engine engine;

    /** Opens the engine for an installation, as a server that starts does. */
    protected abstract Engine open(Installation installation);

    @BeforeAll
    static void packGuest() throws IOException {
        guest = TestGuest.in(folder);
    }

    @BeforeEach
    void openEngine() throws IOException {
        machine = new TestMachine(guest);
        engine = open(machine.installation());
    }

    @AfterEach
    void leavesNothing() throws IOException {
        try {
            engine.remains().forEach(engine::remove);
            engine.close();
            machine.assertClean();
        } finally {
            machine.close();
        }
    }

    @Test
    void startsASandboxWhoseFirstProcessTheHostReaches() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        var sandbox = start(spec, slot);

        assertThat(sandbox.id()).isEqualTo(spec.id());
        assertThat(sandbox.handle().engine()).isEqualTo(engine.info().name());
        assertThat(sandbox.handle().build()).isEqualTo(engine.info().build());
        assertThat(sandbox.handle().process().isAlive()).isTrue();
        assertThat(slot.ask("environment GREETING")).isEqualTo("hello");
        assertThat(slot.ask("hostname")).isEqualTo("box");
        assertThat(slot.ask("cat /etc/release")).isEqualTo("bottom");
        assertThat(engine.remains()).containsExactly(spec.id());
    }

    @Test
    void theGuestSeesItsLimits() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot, new Limits(2, 512L << 20, 3000)), slot);

        assertThat(slot.ask("processors")).startsWith("2 ");
        assertThat(slot.ask("cat /proc/meminfo")).startsWith("MemTotal:         524288 kB");
        assertThat(Long.parseLong(slot.ask("space /").split(" ")[0])).isBetween(200L << 20, 256L << 20);
    }

    @Test
    void theDiskEndsWhereItEnds() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot), slot);

        var answer = slot.ask("fill /big " + (1L << 30)).split(" ");
        assertThat(answer[1]).isEqualTo("ENOSPC");
        assertThat(Long.parseLong(answer[0])).isBetween(200L << 20, 256L << 20);
        assertThat(slot.ask("remove /big")).isEqualTo("0");
        assertThat(slot.ask("fill /small 1000000")).isEqualTo("1000000 ok");
    }

    @Test
    void filesInMemoryAreBoundedBelowTheGuestsMemory() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot), slot);

        long taken = 0;
        for (var place : List.of("/tmp/big", "/dev/shm/big")) {
            var answer = slot.ask("fill " + place + " " + (1L << 30)).split(" ");
            assertThat(answer[1]).as(place).isEqualTo("ENOSPC");
            taken += Long.parseLong(answer[0]);
        }
        assertThat(taken).isGreaterThan(32L << 20).isLessThan(256L << 20);
        assertThat(slot.answers()).isTrue();
    }

    @Test
    void writingMoreFilesThanThereIsMemoryHarmsNobody() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot, new Limits(2, 128L << 20, 3000)), slot);
        assertThat(slot.ask("fill /big " + (200L << 20))).isEqualTo((200L << 20) + " ok");
        assertThat(slot.ask("hog " + (40L << 20))).isEqualTo("status 0");
    }

    @Test
    void aProcessThatTakesAllMemoryIsEndedAndTheSandboxGoesOn() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        for (int i = 0; i < 3; i++) {
            assertThat(slot.ask("hog " + (2L << 30))).isEqualTo("signal 9");
        }
        assertThat(slot.ask("hogs 4 " + (1L << 30))).isEqualTo("4 by signal");
        assertThat(slot.ask("hog " + (64L << 20))).isEqualTo("status 0");
        assertThat(sandbox.exited().toCompletableFuture()).isNotDone();
    }

    @Test
    void aPausedSandboxStandsStillUntilItIsResumed() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);

        sandbox.pause();
        sandbox.pause();
        assertThatThrownBy(() -> slot.ask("ping", 300)).isInstanceOf(IOException.class);
        sandbox.resume();
        sandbox.resume();
        awaitAnswer(slot);
        assertThat(sandbox.exited().toCompletableFuture()).isNotDone();
    }

    @Test
    void aSandboxThatWasPausedByAnEarlierServerIsResumed() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        sandbox.pause();

        var found = reopened().find(sandbox.handle()).orElseThrow();
        found.pause();
        assertThat(slot.answers()).isFalse();
        found.resume();
        found.resume();
        awaitAnswer(slot);
    }

    @Test
    void anExitIsNoticedWithinATenthOfASecond() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        assertThat(sandbox.exited().toCompletableFuture()).isNotDone();

        Signals.send(sandbox.handle().process(), Signal.KILL);
        var exited = sandbox.exited().toCompletableFuture();
        Awaitility.await().pollInterval(Duration.ofMillis(2)).atMost(Duration.ofSeconds(5)).until(() -> !sandbox.handle().process().isAlive());
        assertThat(exited).succeedsWithin(Duration.ofMillis(100));
        assertThat(exited.join().cause()).isEqualTo("killed");
        assertThatThrownBy(sandbox::pause).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
        assertThat(engine.find(sandbox.handle())).isEmpty();
    }

    @Test
    void theStatusOfTheFirstProcessIsRecorded() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        assertThatThrownBy(() -> slot.ask("exit 7")).isInstanceOf(IOException.class);
        assertThat(sandbox.exited().toCompletableFuture()).succeedsWithin(SOON).isEqualTo(new Exit("exited with status 7"));
    }

    @Test
    void aLaterServerFindsWhatAnEarlierOneStarted() throws Exception {
        var slot = machine.slot();
        var handle = start(machine.spec(slot), slot).handle();

        var found = reopened().find(handle).orElseThrow();
        assertThat(found.handle()).isEqualTo(handle);
        assertThat(found.usage().tasks()).isPositive();
        assertThat(slot.ask("ping")).isEqualTo("pong");
        Signals.send(handle.process(), Signal.KILL);
        assertThat(found.exited().toCompletableFuture()).succeedsWithin(SOON);
    }

    @Test
    void anotherProcessAnotherBootOrAnotherSandboxIsNotFound() throws Exception {
        var slot = machine.slot();
        var handle = start(machine.spec(slot), slot).handle();
        var other = reopened();
        var process = handle.process();
        var innocent = new ProcessBuilder("/bin/sleep", "60").start();
        try {
            assertThat(other.find(new EngineHandle("other", handle.build(), handle.id(), handle.bootId(), process))).isEmpty();
            assertThat(other.find(new EngineHandle(handle.engine(), handle.build(), handle.id(), "other", process))).isEmpty();
            assertThat(other.find(new EngineHandle(handle.engine(), handle.build(), "i0000000000000000000", handle.bootId(), process))).isEmpty();
            assertThat(other.find(with(handle, new ProcessIdentity(process.pid(), process.startTime() - 1)))).isEmpty();
            assertThat(other.find(with(handle, ProcessIdentity.of(innocent.pid()).orElseThrow()))).isEmpty();
            other.remove(handle.id());
            assertThat(innocent.isAlive()).isTrue();
        } finally {
            innocent.destroyForcibly();
        }
    }

    @Test
    void removingEndsASandboxAndMayBeRepeated() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        engine.remove(sandbox.id());
        assertThat(sandbox.handle().process().isAlive()).isFalse();
        assertThat(sandbox.exited().toCompletableFuture()).succeedsWithin(SOON).isEqualTo(new Exit("killed"));
        assertThat(engine.remains()).isEmpty();
        engine.remove(sandbox.id());
        engine.remove("i0000000000000000000");
        for (var wrong : List.of("", "..", "a/b", "A")) {
            assertThatThrownBy(() -> engine.remove(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aDeadSandboxIsRemoved() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        Signals.send(sandbox.handle().process(), Signal.KILL);
        assertThat(sandbox.exited().toCompletableFuture()).succeedsWithin(SOON);
        assertThat(engine.remains()).containsExactly(sandbox.id());
        engine.remove(sandbox.id());
        assertThat(engine.remains()).isEmpty();
    }

    @Test
    void removingDoesNotWaitUntilTheDiskIsWritten() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        slot.ask("fill /big " + (200L << 20));
        long begun = System.nanoTime();
        engine.remove(sandbox.id());
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aPausedSandboxIsRemoved() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        sandbox.pause();
        engine.remove(sandbox.id());
        assertThat(engine.remains()).isEmpty();
    }

    @Test
    void aWedgedSandboxIsRemoved() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        Signals.send(sandbox.handle().process(), Signal.STOP);
        engine.remove(sandbox.id());
        assertThat(sandbox.handle().process().isAlive()).isFalse();
        assertThat(engine.remains()).isEmpty();
    }

    @Test
    void aWedgedSandboxAnswersWithAnErrorInBoundedTime() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        Signals.send(sandbox.handle().process(), Signal.STOP);
        assertThatThrownBy(sandbox::pause).isInstanceOf(EngineException.class);
    }

    @Test
    void whatAnEarlierServerLeftIsNamedAndRemoved() throws Exception {
        var slot = machine.slot();
        var handle = start(machine.spec(slot), slot).handle();
        var later = reopened();
        assertThat(later.remains()).containsExactly(handle.id());
        later.remove(handle.id());
        assertThat(later.remains()).isEmpty();
        assertThat(handle.process().isAlive()).isFalse();
    }

    @Test
    void aStartWithoutALayerLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        assertFailedStartLeavesNothing(new SandboxSpec(spec.id(), List.of(Layer.erofs(folder.resolve("none.erofs"))), spec.disk(), spec.namespace(),
                spec.limits(), spec.arguments(), spec.environment(), spec.hostname()));
    }

    @Test
    void aStartWithABrokenDiskLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        Files.write(spec.disk(), new byte[1 << 16]);
        assertFailedStartLeavesNothing(spec);
    }

    @Test
    void aStartWithoutANamespaceLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        assertFailedStartLeavesNothing(new SandboxSpec(spec.id(), spec.layers(), spec.disk(), Path.of("/run/netns/none"),
                spec.limits(), spec.arguments(), spec.environment(), spec.hostname()));
    }

    @Test
    void aStartOfAProgramThatDoesNotExistLeavesNothing() throws Exception {
        var spec = machine.spec(machine.slot());
        assertFailedStartLeavesNothing(new SandboxSpec(spec.id(), spec.layers(), spec.disk(), spec.namespace(),
                spec.limits(), List.of("/none"), spec.environment(), spec.hostname()));
    }

    @Test
    void aSecondStartOfTheSameIdIsRefusedAndHarmsNotTheFirst() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        assertThatThrownBy(() -> engine.start(spec)).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
        assertThat(slot.ask("ping")).isEqualTo("pong");
    }

    @Test
    void severalStartAtOnceAndShareLayers() throws Exception {
        var slots = new ArrayList<TestSlot>();
        var starts = new ArrayList<Callable<EngineSandbox>>();
        for (int i = 0; i < 6; i++) {
            var slot = machine.slot();
            slots.add(slot);
            var spec = machine.spec(slot);
            starts.add(() -> engine.start(spec));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var started : threads.invokeAll(starts)) {
                assertThat(started.get().handle().process().isAlive()).isTrue();
            }
        }
        slots.forEach(EngineContract::awaitAnswer);
        assertThat(LoopDevices.attachedBelow(folder)).hasSizeLessThanOrEqualTo(2);
        assertThat(engine.remains()).hasSize(6);
    }

    @Test
    void usageCountsProcessorMemoryAndTasks() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        var before = sandbox.usage();
        slot.ask("fill /dev/shm/file " + (32L << 20));
        slot.ask("fill /file " + (32L << 20));
        slot.ask("spin");
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            var after = sandbox.usage();
            assertThat(after.memoryBytes() - before.memoryBytes()).isBetween(28L << 20, 96L << 20);
            assertThat(after.cacheBytes() - before.cacheBytes()).isGreaterThan(16L << 20);
            assertThat(after.cpu().minus(before.cpu())).isGreaterThan(Duration.ofMillis(300));
            assertThat(after.tasks()).isPositive();
        });
    }

    @Test
    void aFullFileSystemOfTheHostHarmsNobodyAndHindersNoRemoval() throws Exception {
        var full = Files.createDirectory(machine.installation().data().resolve("full"));
        Mounts.tmpfs(full, 16L << 20);
        try {
            var slot = machine.slot();
            var spec = machine.spec(slot);
            var disk = full.resolve("disk.img");
            FileCopies.copy(spec.disk(), disk);
            var sandbox = start(new SandboxSpec(spec.id(), spec.layers(), disk, spec.namespace(), spec.limits(), spec.arguments(),
                    spec.environment(), spec.hostname()), slot);
            slot.ask("fill /big " + (64L << 20));
            assertThat(slot.answers()).isTrue();
            engine.remove(sandbox.id());
            assertThat(engine.remains()).isEmpty();
        } finally {
            Awaitility.await().atMost(SOON).until(() -> LoopDevices.attachedBelow(full).isEmpty());
            Mounts.unmount(full);
        }
    }

    @Test
    void whatTheGuestPrintsIsBounded() throws Exception {
        var slot = machine.slot();
        start(machine.spec(slot), slot);
        assertThat(slot.ask("shout 200000")).isEqualTo("shouted");
        long bytes = 0;
        try (var files = Files.walk(machine.installation().run())) {
            for (var file : files.filter(Files::isRegularFile).filter(path -> path.getFileName().toString().equals("log")).toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThanOrEqualTo(1 << 20);
        assertThat(slot.answers()).isTrue();
    }

    /** For tests of one engine only: a sandbox to start, with a slot of its own. */
    protected final SandboxSpec newSpec() {
        return machine.spec(machine.slot());
    }

    /** Starts without waiting for the guest's first answer. */
    protected final EngineSandbox startOnly(SandboxSpec spec) {
        return engine.start(spec);
    }

    protected final Set<String> remains() {
        return engine.remains();
    }

    /** As after a restart of the server: what the first object knew is lost. */
    private Engine reopened() {
        engine.close();
        engine = open(machine.installation());
        return engine;
    }

    private EngineSandbox start(SandboxSpec spec, TestSlot slot) {
        var sandbox = engine.start(spec);
        awaitAnswer(slot);
        return sandbox;
    }

    private static void awaitAnswer(TestSlot slot) {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(SOON).until(slot::answers);
    }

    private void assertFailedStartLeavesNothing(SandboxSpec spec) {
        var failure = catchThrowable(() -> engine.start(spec));
        assertThat(failure).isInstanceOf(EngineException.class).hasMessageContaining(spec.id());
        assertThat(engine.remains()).isEmpty();
        assertThat(failure).message().doesNotContain("/");
    }

    private static EngineHandle with(EngineHandle handle, ProcessIdentity process) {
        return new EngineHandle(handle.engine(), handle.build(), handle.id(), handle.bootId(), process);
    }
}
