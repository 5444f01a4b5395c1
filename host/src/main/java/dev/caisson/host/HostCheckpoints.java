package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.host.snapshot.CpuFeatures;
import dev.caisson.host.snapshot.SnapshotManifest;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.host.snapshot.SnapshotStore;
import dev.caisson.image.ImageException;
import dev.caisson.image.LayerName;
import dev.caisson.image.LayerStacks;
import dev.caisson.image.TreeChange;
import dev.caisson.node.CheckpointInfo;
import dev.caisson.node.Checkpoints;
import dev.caisson.node.FileChange;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The checkpoints of a host's sandboxes. */
final class HostCheckpoints implements Checkpoints {
    private final Registry registry;
    private final LiveSaves saves;
    private final SnapshotStore store;
    private final LayerStacks stacks;
    private final Flattening flattening;
    private final Rollbacks rollbacks;
    private final List<String> cpuFeatures;
    private final LifeLog log;

    /** @param cpuFeatures of this machine */
    HostCheckpoints(
            Registry registry, LiveSaves saves, SnapshotStore store, LayerStacks stacks, Flattening flattening, Rollbacks rollbacks,
            List<String> cpuFeatures, LifeLog log) {
        this.registry = registry;
        this.saves = saves;
        this.store = store;
        this.stacks = stacks;
        this.flattening = flattening;
        this.rollbacks = rollbacks;
        this.cpuFeatures = cpuFeatures;
        this.log = log;
    }

    @Override
    public CheckpointInfo take(SandboxId id, String name) {
        var manifest = saves.save(
                sandbox(id), new Save.Wanted(Kind.CHECKPOINT, name, true, true), (save, made) -> save.draft().keep(made));
        log.saved(manifest.owner(), id, "Checkpoint taken");
        flattening.consider(manifest);
        return manifest.checkpoint();
    }

    @Override
    public List<CheckpointInfo> list(SandboxId id) {
        return store.checkpoints(sandbox(id).id()).stream().map(SnapshotManifest::checkpoint).toList();
    }

    @Override
    public SandboxInfo rollBack(SandboxId id, SnapshotId checkpoint) {
        var sandbox = sandbox(id);
        try (var to = store.hold(checkpoint(id, checkpoint).id())) {
            CpuFeatures.require(to.manifest(), cpuFeatures);
            // Another hold: the work goes on when this caller has left.
            var info = rollbacks.rollBack(sandbox, store.hold(to.manifest().id()));
            log.saved(info.owner(), id, "Rolled back to a checkpoint");
            store.collect();
            return info;
        }
    }

    @Override
    public void diff(SandboxId id, SnapshotId from, Optional<SnapshotId> to, Consumer<FileChange> each) {
        var sandbox = sandbox(id);
        try (var before = store.hold(checkpoint(id, from).id())) {
            if (to.isPresent()) {
                try (var after = store.hold(checkpoint(id, to.get()).id())) {
                    compare(before.manifest().layers(), after.manifest().layers(), each);
                }
            } else {
                try (var now = saves.save(sandbox, new Save.Wanted(Kind.FORK, "", false, false), Save::handOver)) {
                    compare(before.manifest().layers(), now.manifest().layers(), each);
                }
            }
        }
    }

    private void compare(List<LayerName> from, List<LayerName> to, Consumer<FileChange> each) {
        try {
            stacks.changes(from, to, change -> each.accept(new FileChange(kind(change.kind()), change.text())));
        } catch (ImageException e) {
            throw new NodeException(e.category(), String.valueOf(e.getMessage()), e);
        }
    }

    private static FileChange.Kind kind(TreeChange.Kind kind) {
        return switch (kind) {
            case ADDED -> FileChange.Kind.ADDED;
            case CHANGED -> FileChange.Kind.CHANGED;
            case REMOVED -> FileChange.Kind.REMOVED;
        };
    }

    @Override
    public void delete(SandboxId id, SnapshotId checkpoint) {
        var unused = store.delete(checkpoint(sandbox(id).id(), checkpoint).id());
    }

    private Sandbox sandbox(SandboxId id) {
        return registry.find(id).filter(sandbox -> sandbox.found().isPresent()).orElseThrow(() -> NodeException.notFound(id));
    }

    private SnapshotManifest checkpoint(SandboxId sandbox, SnapshotId id) {
        return store.find(id)
                .filter(manifest -> manifest.kind() == Kind.CHECKPOINT && manifest.source().equals(sandbox))
                .orElseThrow(() -> new NodeException(
                        Category.NOT_FOUND, "sandbox " + sandbox + " has no checkpoint '" + id + "'"));
    }
}
