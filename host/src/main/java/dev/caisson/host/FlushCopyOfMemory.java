package dev.caisson.host;

import dev.caisson.engine.SavedMemory;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;

/** Brings the copy of its memory to the disk, now that the sandbox goes on; what a fork starts from need not survive a power cut. */
final class FlushCopyOfMemory implements SaveStep {
    static final String NAME = "flush the copy of its memory";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(Save save) {
        if (save.wanted().memory() && save.wanted().kind() != Kind.FORK) {
            new SavedMemory(save.draft().memory(), save.engine().handle().build()).flush();
        }
    }
}
