package dev.caisson.host;

import dev.caisson.engine.Durability;
import dev.caisson.image.FrozenDisks;

/** Copies what it has written, while nothing writes. */
final class CopyDisk implements SaveStep {
    static final String NAME = "copy its disk";

    private final FrozenDisks disks;

    CopyDisk(FrozenDisks disks) {
        this.disks = disks;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(Save save) {
        save.engine().flushDisk(Durability.WRITTEN);
        save.copy(disks.draft(save.disk()));
    }
}
