package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.PauseContract;
import org.junit.jupiter.api.Test;

class GvisorPauseTest extends PauseContract {
    @Override
    protected Engine open(Installation installation) {
        return TestBuild.engine(installation);
    }

    /** A server may die after a sandbox was stopped or let go on, and before it wrote that down. */
    @Test
    void whereTheServerDiedInTheMiddleTheGuestTellsWhetherItStandsStill() throws Exception {
        var slot = machine.slot();
        var sandbox = start(machine.spec(slot), slot);
        var found = leftInTheMiddle(sandbox);
        assertThatThrownBy(found::pause).isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
        found.confirmRuns();
        found.resume();
        awaitAnswer(slot);

        found.pause();
        found = leftInTheMiddle(found);
        assertThat(slot.answers()).isFalse();
        found.resume();
        awaitAnswer(slot);
        assertThat(found.mayStandStill()).isFalse();
        assertThat(reopened().find(sandbox.handle()).orElseThrow().mayStandStill()).isFalse();
    }

    private EngineSandbox leftInTheMiddle(EngineSandbox sandbox) {
        new StillMark(Places.of(machine.installation()).pausedMark(sandbox.id())).changes();
        var found = reopened().find(sandbox.handle()).orElseThrow();
        assertThat(found.mayStandStill()).isTrue();
        return found;
    }
}
