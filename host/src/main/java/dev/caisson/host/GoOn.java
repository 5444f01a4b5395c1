package dev.caisson.host;

import dev.caisson.guest.GuestException;

/**
 * After a restart of the server: lets a sandbox go on that an earlier one had stopped to save it. One that runs just runs; where
 * nobody knows, its agent is asked, and if that is silent, it stood still.
 */
final class GoOn implements Step {
    private final ConnectAgent ask;

    GoOn(ConnectAgent ask) {
        this.ask = ask;
    }

    @Override
    public String name() {
        return "let it go on";
    }

    @Override
    public void apply(Assembly assembly) {
        var engine = assembly.engine();
        if (engine.mayStandStill() && answers(assembly)) {
            engine.confirmRuns();
        } else {
            engine.resume();
        }
    }

    private boolean answers(Assembly assembly) {
        try {
            ask.apply(assembly);
            ask.undo(assembly);
            return true;
        } catch (GuestException e) {
            return false;
        }
    }
}
