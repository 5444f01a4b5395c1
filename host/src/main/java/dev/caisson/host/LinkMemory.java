package dev.caisson.host;

/** Makes a checkpoint's memory the sandbox's own too: both are only read, so the files are the same. */
final class LinkMemory implements Step {
    @Override
    public String name() {
        return "link the memory of a checkpoint";
    }

    @Override
    public void apply(Assembly assembly) {
        var rollback = assembly.rollback();
        assembly.folder().deleteMemory(rollback.memory());
        assembly.folder().linkMemory(rollback.memory(), rollback.to().memory());
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.folder().deleteMemory(assembly.rollback().memory());
    }
}
