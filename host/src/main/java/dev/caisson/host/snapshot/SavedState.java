package dev.caisson.host.snapshot;

import dev.caisson.node.NodeException;
import java.nio.file.Path;

/** A state that its holder goes on from: until it is closed, neither its memory nor its layers leave the disk. */
public final class SavedState implements AutoCloseable {
    private final SnapshotManifest manifest;
    private final SnapshotFolder folder;
    private final Runnable release;

    SavedState(SnapshotManifest manifest, SnapshotFolder folder, Runnable release) {
        this.manifest = manifest;
        this.folder = folder;
        this.release = release;
    }

    public SnapshotManifest manifest() {
        return manifest;
    }

    /** The folder that {@code EngineSandbox.saveMemory} filled. */
    public Path memory() {
        return folder.memory();
    }

    /** Idempotent. Throws nothing. */
    @Override
    public void close() throws NodeException {
        release.run();
    }
}
