package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.linux.LoopDevices;
import dev.caisson.linux.Signals;
import dev.caisson.linux.Signals.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How sandboxes end, by themselves and by being removed. */
public abstract class EndContract extends EngineContract {
    @Test
    void anExitIsNoticed() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        assertThat(sandbox.exited().toCompletableFuture()).isNotDone();

        Signals.send(sandbox.handle().process(), Signal.KILL);
        var exited = sandbox.exited().toCompletableFuture();
        assertThat(exited).succeedsWithin(SOON);
        assertThat(sandbox.handle().process().isAlive()).isFalse();
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
    void aDiskIsFreeOnceItsSandboxIsRemovedThoughOthersStartedMeanwhile() throws Exception {
        var slot = machine.slot();
        var spec = machine.spec(slot);
        start(spec, slot);
        var other = machine.slot();
        start(machine.spec(other), other);
        engine.remove(spec.id());
        Awaitility.await().atMost(SOON).until(() -> !LoopDevices.attachedBelow(machine.installation().data()).contains(spec.disk()));
        assertThat(other.answers()).isTrue();
    }
}
