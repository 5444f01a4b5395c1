package dev.caisson.host;

/** Stops every process of the guest where it is. */
final class StandStill implements Step {
    static final String NAME = "let it stand still";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(Assembly assembly) {
        assembly.engine().pause();
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.engine().resume();
    }
}
