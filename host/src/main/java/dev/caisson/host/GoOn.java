package dev.caisson.host;

/** After a restart of the server: lets a sandbox go on that an earlier one had stopped to save it. One that runs just runs. */
final class GoOn implements Step {
    @Override
    public String name() {
        return "let it go on";
    }

    @Override
    public void apply(Assembly assembly) {
        assembly.engine().resume();
    }
}
