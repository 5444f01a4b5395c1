package dev.caisson.host;

import dev.caisson.image.WritableDisks;

/** Makes the disk that receives everything the guest writes. */
final class MakeDisk implements Step {
    private final WritableDisks disks;

    MakeDisk(WritableDisks disks) {
        this.disks = disks;
    }

    @Override
    public String name() {
        return "make its disk";
    }

    @Override
    public void apply(Assembly assembly) {
        disks.create(assembly.folder().disk(), assembly.origin().diskBytes());
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.folder().deleteDisk();
    }

    @Override
    public boolean outlivesRun() {
        return true;
    }
}
