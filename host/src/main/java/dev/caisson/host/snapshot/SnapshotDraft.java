package dev.caisson.host.snapshot;

import dev.caisson.base.Category;
import dev.caisson.image.LayerName;
import dev.caisson.node.NodeException;
import dev.caisson.node.SnapshotId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A state being saved: room is set aside for it and nobody finds it. Used by one thread after the other. */
public final class SnapshotDraft implements AutoCloseable {
    private final SnapshotStore store;
    private final SnapshotId id;
    private final SnapshotFolder folder;
    private final long reserved;
    private final List<LayerName.Frozen> pinned = new ArrayList<>();
    private boolean closed;

    SnapshotDraft(SnapshotStore store, SnapshotId id, SnapshotFolder folder, long reserved) {
        this.store = store;
        this.id = id;
        this.folder = folder;
        this.reserved = reserved;
    }

    public SnapshotId id() {
        return id;
    }

    /** Where the memory is to be saved: does not exist yet, below a folder that does. */
    public Path memory() {
        return folder.memory();
    }

    /** A place for a file that goes with the draft. */
    public Path scratch() {
        return folder.path().resolve("scratch");
    }

    /** Keeps a disk from being collected until this is closed. */
    public void pin(LayerName.Frozen disk) {
        store.pin(disk);
        pinned.add(disk);
    }

    /**
     * Keeps the state: it is on the disk, and found, when this returns.
     *
     * @param manifest of this id, {@code bytes} those of the topmost layer, without files
     * @return the same with the files of the memory
     * @throws NodeException {@code EXHAUSTED} if the disk is full
     */
    public SnapshotManifest keep(SnapshotManifest manifest) {
        return store.keep(folder, manifest);
    }

    /** The state as it is, not kept: this is closed with it. It keeps all disks that it stands on, whatever becomes of its source. */
    public SavedState use(SnapshotManifest manifest) {
        manifest.frozen().forEach(this::pin);
        try {
            return new SavedState(manifest.with(Checksums.sizes(folder.memory())), folder, this::close);
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not look at what was saved: " + e.getMessage(), e);
        }
    }

    /** Removes what was not kept. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pinned.forEach(store::unpin);
            store.discard(folder, reserved);
        }
    }
}
