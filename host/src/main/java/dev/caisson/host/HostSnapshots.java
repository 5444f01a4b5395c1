package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.host.snapshot.SnapshotManifest;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.host.snapshot.SnapshotStore;
import dev.caisson.node.NodeException;
import dev.caisson.node.SnapshotId;
import dev.caisson.node.SnapshotInfo;
import dev.caisson.node.Snapshots;
import java.util.List;
import java.util.Optional;

/** The snapshots of a host's sandboxes. */
final class HostSnapshots implements Snapshots {
    private final Registry registry;
    private final LiveSaves saves;
    private final SnapshotStore store;
    private final Flattening flattening;
    private final LifeLog log;

    HostSnapshots(Registry registry, LiveSaves saves, SnapshotStore store, Flattening flattening, LifeLog log) {
        this.registry = registry;
        this.saves = saves;
        this.store = store;
        this.flattening = flattening;
        this.log = log;
    }

    @Override
    public SnapshotInfo take(SandboxId id, boolean memory) {
        var sandbox = registry.find(id).orElseThrow(() -> NodeException.notFound(id));
        var kept = saves.save(
                sandbox, Save.Wanted.of(Kind.SNAPSHOT, memory), (save, manifest) -> save.draft().keep(manifest));
        log.saved(kept.owner(), id, "Snapshot taken");
        flattening.consider(kept);
        return kept.info();
    }

    @Override
    public Optional<SnapshotInfo> find(SnapshotId id) {
        return store.find(id).filter(manifest -> manifest.kind() == Kind.SNAPSHOT).map(SnapshotManifest::info);
    }

    @Override
    public List<SnapshotInfo> list() {
        return store.all(Kind.SNAPSHOT).map(SnapshotManifest::info).toList();
    }

    @Override
    public boolean delete(SnapshotId id) {
        return find(id).isPresent() && store.delete(id);
    }
}
