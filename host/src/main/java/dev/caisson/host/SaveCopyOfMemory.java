package dev.caisson.host;

import dev.caisson.engine.Durability;

/** Writes what its processes have in memory, if that is wanted; not further than it must while the sandbox stands still. */
final class SaveCopyOfMemory implements SaveStep {
    @Override
    public String name() {
        return "save a copy of its memory";
    }

    @Override
    public void apply(Save save) {
        if (save.wanted().memory()) {
            save.engine().saveMemory(save.draft().memory(), Durability.WRITTEN);
        }
    }
}
