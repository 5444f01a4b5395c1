package dev.caisson.host;

import dev.caisson.host.snapshot.SnapshotStore;

/** Of a sandbox that is gone nothing saved stays but snapshots: its checkpoints leave, and layers that only it had. */
final class MindLayers implements Step {
    private final SnapshotStore store;

    MindLayers(SnapshotStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "mind its layers";
    }

    /** They are held by whoever makes the sandbox, and by its journal as soon as it has one. */
    @Override
    public void apply(Assembly assembly) {}

    @Override
    public void undo(Assembly assembly) {
        store.deleteCheckpoints(assembly.id());
        store.collect();
    }

    @Override
    public boolean outlivesRun() {
        return true;
    }
}
