package dev.caisson.host;

import java.time.InstantSource;

/** Stops every process of the guest where it is, for the moment that it takes to save it. */
final class StopForSave implements SaveStep {
    static final String NAME = "stop it for a moment";

    private final InstantSource clock;

    StopForSave(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(Save save) {
        LettingGoOn.settle(save.engine(), save.agent());
        save.engine().pause();
        save.taken(clock.instant());
    }

    @Override
    public void undo(Save save) {
        LettingGoOn.letGoOn(save.engine(), save.agent());
    }
}
