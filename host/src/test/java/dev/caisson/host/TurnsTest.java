package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnsTest {
    private static final long GIB = 1L << 30;
    private static final long EXPECTED = 128L << 20;
    private static final HostConfig.Admission POLICY = new HostConfig.Admission(GIB, 8, 64L << 20, 90);
    private static final Duration PATIENT = Duration.ofSeconds(20);

    @TempDir
    private Path proc;

    private final AtomicInteger gaveWay = new AtomicInteger();

    @BeforeEach
    void aQuietMachine() {
        available(16 * GIB);
    }

    private void available(long bytes) {
        write("meminfo", "MemAvailable: " + (bytes >> 10) + " kB\n");
    }

    private void pressure(int percent) {
        write("pressure/cpu", "some avg10=" + percent + ".00 avg60=0.00 avg300=0.00 total=0\n");
    }

    /** As a whole, for others read it meanwhile. */
    private void write(String name, String text) {
        try {
            Files.createDirectories(proc.resolve(name).getParent());
            Files.writeString(proc.resolve("aside"), text);
            Files.move(proc.resolve("aside"), proc.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Turns turns(int atOnce) {
        return new Turns(atOnce, POLICY, new MachineLoad(proc), gaveWay::incrementAndGet);
    }

    private static FutureTask<Turn> waiting(Turns turns, boolean standby) {
        var task = new FutureTask<>(() -> turns.await(standby, EXPECTED, PATIENT));
        var thread = Thread.ofPlatform().start(task);
        soon().until(() -> task.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
        return task;
    }

    private static void assertRefused(Turns turns, String text) {
        assertThatThrownBy(() -> turns.await(false, EXPECTED, Duration.ofMillis(1)))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED))
                .hasMessageContaining(text);
    }

    @Test
    void soManyStartAtOnceAndNoMore() throws Exception {
        var turns = turns(2);
        turns.await(false, EXPECTED, PATIENT);
        var second = turns.await(false, EXPECTED, PATIENT);

        assertRefused(turns, "too many sandboxes are starting");
        second.giveBack();
        second.giveBack();
        turns.await(false, EXPECTED, PATIENT);
        assertRefused(turns, "too many sandboxes are starting");
    }

    @Test
    void whoComesFirstStartsFirst() throws Exception {
        var turns = turns(1);
        var running = turns.await(false, EXPECTED, PATIENT);
        var order = new CopyOnWriteArrayList<Integer>();
        var tasks = new ArrayList<FutureTask<?>>();
        for (var i = 0; i < 5; i++) {
            var number = i;
            var task = new FutureTask<>(() -> {
                var turn = turns.await(false, EXPECTED, PATIENT);
                order.add(number);
                turn.giveBack();
                return number;
            });
            tasks.add(task);
            var thread = Thread.ofPlatform().start(task);
            soon().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        }

        running.giveBack();

        for (var task : tasks) {
            task.get();
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void standbysComeAfterEverybodyAndTakeHalfAtMost() throws Exception {
        var turns = turns(4);
        var standbys = List.of(turns.await(true, EXPECTED, PATIENT), turns.await(true, EXPECTED, PATIENT));
        var third = waiting(turns, true);
        var first = turns.await(false, EXPECTED, PATIENT);
        turns.await(false, EXPECTED, PATIENT);
        var create = waiting(turns, false);
        assertThat(third.isDone()).isFalse();
        assertThat(create.isDone()).isFalse();

        standbys.getFirst().giveBack();

        // A place of a standby became free, and it is the create's, though the standby waited longer.
        create.get();
        assertThat(third.isDone()).isFalse();
        first.giveBack();
        third.get();
    }

    @Test
    void whereTheMemoryIsSpokenForACreateWaitsAndIsRefused() throws Exception {
        var turns = turns(8);
        available(GIB + (300L << 20));
        turns.await(false, EXPECTED, PATIENT);
        turns.await(false, EXPECTED, PATIENT);

        // Two that start are expected to use 128 MiB each.
        assertRefused(turns, "of memory left");
        var waits = waiting(turns, false);
        assertThat(waits.isDone()).isFalse();
        available(2 * GIB);
        waits.get();
    }

    @Test
    void whatHasStartedCountsOnlyAsWhatItReallyUses() throws Exception {
        var turns = turns(8);
        available(GIB + (130L << 20));
        turns.await(false, EXPECTED, PATIENT).giveBack();

        turns.await(false, EXPECTED, PATIENT).giveBack();
        available(GIB + (120L << 20));
        assertRefused(turns, "end some sandboxes");
        turns.await(false, 64L << 20, PATIENT);
    }

    @Test
    void aCreateThatLacksMemoryAsksStandbysToGiveWayAndAStandbyDoesNot() {
        var turns = turns(2);
        available(GIB);

        assertThatThrownBy(() -> turns.await(true, EXPECTED, Duration.ofMillis(1))).isInstanceOf(NodeException.class);
        assertThat(gaveWay).hasValue(0);
        assertRefused(turns, "of memory left");
        assertThat(gaveWay.get()).isPositive();
    }

    @Test
    void aStandbyNeedsRoomForAnotherBesides() {
        var turns = turns(2);

        available(GIB + (256L << 20));
        assertThat(turns.hasPlenty(EXPECTED)).isTrue();
        available(GIB + (255L << 20));
        assertThat(turns.hasPlenty(EXPECTED)).isFalse();
    }

    @Test
    void aBusyProcessorDelaysAndRefusesNothingWhileSomethingStarts() throws Exception {
        var turns = turns(2);
        pressure(95);
        var first = turns.await(false, EXPECTED, PATIENT);

        var second = waiting(turns, false);
        assertThat(second.isDone()).isFalse();
        first.giveBack();
        second.get();
    }

    @Test
    void whoIsInterruptedLeavesTheQueue() throws Exception {
        var turns = turns(1);
        var running = turns.await(false, EXPECTED, PATIENT);
        var task = new FutureTask<>(() -> turns.await(false, EXPECTED, PATIENT));
        var thread = Thread.ofPlatform().start(task);
        soon().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

        thread.interrupt();

        assertThatThrownBy(task::get).hasCauseInstanceOf(InterruptedException.class);
        running.giveBack();
        turns.await(false, EXPECTED, PATIENT);
    }
}
