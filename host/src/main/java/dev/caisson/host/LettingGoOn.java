package dev.caisson.host;

import dev.caisson.engine.EngineSandbox;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import java.time.Duration;

/**
 * Lets a sandbox go on. Where nobody knows whether it stands still its agent is asked, since one resume too many ends it: one that
 * answers runs, one that is silent stood still.
 */
final class LettingGoOn {
    /** An agent that runs answers within milliseconds, and on a busy machine within this. */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    private LettingGoOn() {}

    /** @throws dev.caisson.engine.EngineException if it may stand still all the same */
    static void letGoOn(EngineSandbox engine, GuestAgent agent) {
        if (engine.mayStandStill() && answers(agent)) {
            engine.confirmRuns();
        } else {
            engine.resume();
        }
    }

    /** The same before it is stopped again; does nothing where it is known how it stands. */
    static void settle(EngineSandbox engine, GuestAgent agent) {
        if (engine.mayStandStill()) {
            letGoOn(engine, agent);
        }
    }

    private static boolean answers(GuestAgent agent) {
        try {
            agent.ping(PATIENCE);
            return true;
        } catch (GuestException e) {
            return false;
        }
    }
}
