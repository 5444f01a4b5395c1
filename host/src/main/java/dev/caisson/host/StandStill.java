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
        assembly.anyAgent().ifPresent(agent -> LettingGoOn.settle(assembly.engine(), agent));
        assembly.engine().pause();
    }

    @Override
    public void undo(Assembly assembly) {
        goOn(assembly);
    }

    static void goOn(Assembly assembly) {
        var agent = assembly.anyAgent();
        if (agent.isPresent()) {
            LettingGoOn.letGoOn(assembly.engine(), agent.get());
        } else {
            assembly.engine().resume();
        }
    }
}
