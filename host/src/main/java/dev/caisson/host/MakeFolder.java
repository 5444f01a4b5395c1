package dev.caisson.host;

/** Makes the folder whose name is the sandbox's id: whatever happens next, a later server sees that there was something. */
final class MakeFolder implements Step {
    @Override
    public String name() {
        return "make its folder";
    }

    @Override
    public void apply(Assembly assembly) {
        assembly.folder().create();
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.folder().delete();
    }

    @Override
    public boolean outlivesRun() {
        return true;
    }
}
