package dev.caisson.host;

/** A step of a start that is also one of a resume, under a name of its own. */
record Again(Step step) implements Step {
    @Override
    public String name() {
        return step.name() + " again";
    }

    @Override
    public void apply(Assembly assembly) {
        step.apply(assembly);
    }

    @Override
    public void undo(Assembly assembly) {
        step.undo(assembly);
    }
}
