package dev.caisson.node.testing;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.CheckpointInfo;
import dev.caisson.node.Checkpoints;
import dev.caisson.node.FileChange;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Checkpoints without any content; how files differ is what the test says. Thread-safe. */
public final class FakeCheckpoints implements Checkpoints {
    private static final long BYTES = 1 << 20;

    private final Map<SandboxId, List<CheckpointInfo>> taken = new ConcurrentHashMap<>();
    private final FakeSandboxes sandboxes;
    private final InstantSource clock;
    private volatile List<FileChange> changes = List.of();
    private volatile Optional<NodeException> diffFailure = Optional.empty();

    FakeCheckpoints(FakeSandboxes sandboxes, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.clock = clock;
    }

    /** What every {@link #diff} tells from now on. */
    public void changes(List<FileChange> found) {
        changes = List.copyOf(found);
    }

    /** Every {@link #diff} fails with this once it has told what it has. */
    public void failDiffs(NodeException failure) {
        diffFailure = Optional.of(failure);
    }

    @Override
    public CheckpointInfo take(SandboxId sandbox, String name) {
        return sandboxes.exclusively(sandbox, FakeTransitions.Kind.SNAPSHOT, source -> {
            var checkpoint = new CheckpointInfo(SnapshotId.random(), name, clock.instant(), BYTES);
            taken.compute(sandbox, (id, before) -> {
                var all = new ArrayList<>(List.of(checkpoint));
                all.addAll(before == null ? List.of() : before);
                return all;
            });
            return checkpoint;
        });
    }

    @Override
    public List<CheckpointInfo> list(SandboxId sandbox) {
        requireSandbox(sandbox);
        return List.copyOf(taken.getOrDefault(sandbox, List.of()));
    }

    @Override
    public SandboxInfo rollBack(SandboxId sandbox, SnapshotId checkpoint) {
        require(sandbox, checkpoint);
        return sandboxes.exclusively(sandbox, FakeTransitions.Kind.ROLL_BACK, before -> {
            var left = Duration.between(clock.instant(), before.deadline());
            return sandboxes.nextRun(sandbox, left);
        });
    }

    @Override
    public void diff(SandboxId sandbox, SnapshotId from, Optional<SnapshotId> to, Consumer<FileChange> each) {
        require(sandbox, from);
        to.ifPresent(other -> require(sandbox, other));
        changes.forEach(each);
        diffFailure.ifPresent(failure -> {
            throw failure;
        });
    }

    @Override
    public void delete(SandboxId sandbox, SnapshotId checkpoint) {
        require(sandbox, checkpoint);
        taken.computeIfPresent(sandbox, (id, all) -> all.stream().filter(one -> !one.id().equals(checkpoint)).toList());
    }

    private void require(SandboxId sandbox, SnapshotId checkpoint) {
        if (list(sandbox).stream().noneMatch(one -> one.id().equals(checkpoint))) {
            throw new NodeException(Category.NOT_FOUND, "sandbox " + sandbox + " has no checkpoint " + checkpoint);
        }
    }

    private void requireSandbox(SandboxId id) {
        if (sandboxes.find(id).isEmpty()) {
            throw NodeException.notFound(id);
        }
    }
}
