package dev.caisson.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.linux.ProcessIdentity;
import dev.caisson.linux.Signals;
import dev.caisson.linux.Signals.Signal;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Standing still, and being found again by a later server. */
public abstract class PauseContract extends EngineContract {
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
    void aWedgedSandboxAnswersWithAnErrorInBoundedTime() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        Signals.send(sandbox.handle().process(), Signal.STOP);
        assertThatThrownBy(sandbox::pause).isInstanceOf(EngineException.class);
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

    private static EngineHandle with(EngineHandle handle, ProcessIdentity process) {
        return new EngineHandle(handle.engine(), handle.build(), handle.id(), handle.bootId(), process);
    }
}
