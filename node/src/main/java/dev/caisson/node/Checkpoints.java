package dev.caisson.node;

import dev.caisson.base.SandboxId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * States of a sandbox to go back to, kept with it and gone with it. Safe for use by many threads; all throw
 * {@link NodeException}, {@code NOT_FOUND} if there is no such sandbox or checkpoint.
 */
public interface Checkpoints {

    /** Takes one of a running sandbox, which goes on. Throws as {@link Snapshots#take} does. */
    CheckpointInfo take(SandboxId sandbox, String name);

    /** Newest first. */
    List<CheckpointInfo> list(SandboxId sandbox);

    /**
     * Puts a running or paused sandbox back to what it was: processes, memory and files. Its id, tokens, deadline and later
     * checkpoints stay; it is in a new run afterwards and running.
     *
     * @throws NodeException {@code CONFLICT} if it is in transition; on failure it is as it was before, or, if that turned out
     *     impossible, paused at the checkpoint
     */
    SandboxInfo rollBack(SandboxId sandbox, SnapshotId checkpoint);

    /**
     * How files differ from the checkpoint to another, or to now; sorted by path, what is in a folder after the folder. Computed
     * when it is asked for. For now the sandbox stands still for a moment, as for a checkpoint.
     *
     * @param each is given the changes as they are found, however many there are
     * @throws NodeException {@code NOT_FOUND} also where now is asked for and the sandbox is paused; {@code CONFLICT} if it is in
     *     transition
     */
    void diff(SandboxId sandbox, SnapshotId from, Optional<SnapshotId> to, Consumer<FileChange> each);

    /** Forgets a checkpoint. Others of the sandbox stay what they are. */
    void delete(SandboxId sandbox, SnapshotId checkpoint);
}
