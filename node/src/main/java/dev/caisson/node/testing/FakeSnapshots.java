package dev.caisson.node.testing;

import dev.caisson.base.SandboxId;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import dev.caisson.node.SnapshotInfo;
import dev.caisson.node.Snapshots;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Snapshots without any content. Thread-safe. */
public final class FakeSnapshots implements Snapshots {
    private static final long BYTES = 1 << 20;

    private final Map<SnapshotId, SnapshotInfo> taken = new ConcurrentHashMap<>();
    private final FakeSandboxes sandboxes;
    private final InstantSource clock;

    FakeSnapshots(FakeSandboxes sandboxes, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.clock = clock;
    }

    @Override
    public SnapshotInfo take(SandboxId sandbox, boolean memory) {
        return sandboxes.exclusively(sandbox, FakeTransitions.Kind.SNAPSHOT, source -> {
            var snapshot = describe(source, memory);
            taken.put(snapshot.id(), snapshot);
            return snapshot;
        });
    }

    private SnapshotInfo describe(SandboxInfo source, boolean memory) {
        return new SnapshotInfo(
                SnapshotId.random(), source.id(), source.owner(), source.templateId(), clock.instant(), memory, source.cpus(),
                source.memoryBytes(), source.diskBytes(), BYTES);
    }

    @Override
    public Optional<SnapshotInfo> find(SnapshotId id) {
        return Optional.ofNullable(taken.get(id));
    }

    @Override
    public List<SnapshotInfo> list() {
        return List.copyOf(taken.values());
    }

    @Override
    public boolean delete(SnapshotId id) {
        return taken.remove(id) != null;
    }
}
