package dev.caisson.host;

import dev.caisson.image.WritableDisks;

/** Gives a paused sandbox whose layers are all of its files an empty disk on top of them; nothing for one that has its own. */
final class RenewDisk implements Step {
    private final WritableDisks disks;

    RenewDisk(WritableDisks disks) {
        this.disks = disks;
    }

    @Override
    public String name() {
        return "renew its disk";
    }

    @Override
    public void apply(Assembly assembly) {
        var journal = assembly.journal();
        if (journal.saved().orElseThrow().freshDisk()) {
            assembly.folder().deleteNextDisk();
            disks.create(assembly.folder().nextDisk(), journal.info().diskBytes());
            assembly.folder().replaceDisk();
        }
    }
}
