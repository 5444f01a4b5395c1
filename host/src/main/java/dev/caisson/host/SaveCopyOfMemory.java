package dev.caisson.host;

/** Writes what its processes have in memory, if that is wanted. */
final class SaveCopyOfMemory implements SaveStep {
    @Override
    public String name() {
        return "save a copy of its memory";
    }

    @Override
    public void apply(Save save) {
        if (save.wanted().memory()) {
            save.engine().saveMemory(save.draft().memory());
        }
    }
}
