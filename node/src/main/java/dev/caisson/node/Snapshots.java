package dev.caisson.node;

import dev.caisson.base.SandboxId;
import java.util.List;
import java.util.Optional;

/** States of sandboxes saved on this node. Safe for use by many threads; all throw {@link NodeException}. */
public interface Snapshots {

    /**
     * Saves a running sandbox, which goes on afterwards: it stands still for a moment, its connections stay.
     *
     * @param memory whether to save what runs too
     * @throws NodeException {@code NOT_FOUND}; {@code CONFLICT} if it is being snapshotted, paused or killed; {@code EXHAUSTED} no
     *     room on the disk; {@code UNAVAILABLE} its agent is needed and does not answer. It goes on in every case.
     */
    SnapshotInfo take(SandboxId sandbox, boolean memory);

    Optional<SnapshotInfo> find(SnapshotId id);

    /** All that were taken and not deleted, in no particular order; those that only checkpoints and forks use are left out. */
    List<SnapshotInfo> list();

    /**
     * Deletes it. What sandboxes were started from it keep what they need.
     *
     * @return false if there was none
     */
    boolean delete(SnapshotId id);
}
