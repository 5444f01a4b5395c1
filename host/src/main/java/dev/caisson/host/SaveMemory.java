package dev.caisson.host;

/** Saves the memory of a sandbox that stands still, if it is to be saved. */
final class SaveMemory implements Step {
    @Override
    public String name() {
        return "save its memory";
    }

    @Override
    public void apply(Assembly assembly) {
        var saving = assembly.saving();
        if (saving.savesMemory()) {
            // What an attempt before this one may have left.
            assembly.folder().deleteMemory(saving.memory());
            assembly.engine().saveMemory(assembly.folder().memory(saving.memory()));
        }
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.folder().deleteMemory(assembly.saving().memory());
    }
}
