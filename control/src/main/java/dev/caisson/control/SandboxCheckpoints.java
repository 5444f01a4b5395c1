package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.node.CheckpointInfo;
import dev.caisson.node.FileChange;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * States that a team's sandboxes can go back to; Caisson's own, E2B has none. Safe for use by many threads; errors as of {@link
 * Sandboxes}, {@code NOT_FOUND} also for a checkpoint that is not there.
 */
public final class SandboxCheckpoints {
    private final Node node;
    private final OwnSandboxes own;
    private final Quotas quotas;
    private final InstantSource clock;

    public SandboxCheckpoints(Node node, Quotas quotas, InstantSource clock) {
        this.node = node;
        this.own = new OwnSandboxes(node);
        this.quotas = quotas;
        this.clock = clock;
    }

    /** @param name for people; may be empty and need not be unique */
    public CheckpointInfo take(Team team, String id, String name) {
        if (!name.isEmpty()) {
            Names.require("a checkpoint's name", name);
        }
        var sandbox = own.getEvenEnding(team, id);
        try {
            return node.checkpoints().take(sandbox.id(), name);
        } catch (NodeException e) {
            throw Capacity.of(e);
        }
    }

    /** A page of a sandbox's checkpoints, newest first. */
    public Page<CheckpointInfo> list(Team team, String id, Optional<PagePosition> after, int limit) {
        var all = node.checkpoints().list(own.get(team, id).id());
        return Page.of(
                all, checkpoint -> new PagePosition(checkpoint.taken(), checkpoint.id().value()), PagePosition.NEWEST_FIRST, after, limit);
    }

    /**
     * Puts a sandbox back to what it was; it runs afterwards, until the end that it had, or for as long as traffic would bring it
     * back for if it was paused.
     */
    public SandboxInfo rollBack(Team team, String id, String checkpoint) {
        var before = own.getEvenEnding(team, id);
        var target = parse(checkpoint);
        try (var place = quotas.holdAgain(team, before.id())) {
            var after = node.checkpoints().rollBack(before.id(), target);
            return OwnSandboxes.runs(before)
                    ? after
                    : node.extendDeadline(after.id(), clock.instant().plus(RunLength.ofTraffic(team, before)));
        } catch (NodeException e) {
            throw Capacity.of(e);
        }
    }

    /**
     * How files differ from a checkpoint to another, or to now; sorted by path.
     *
     * @param each is given the changes as they are found, however many there are
     */
    public void diff(Team team, String id, String from, Optional<String> to, Consumer<FileChange> each) {
        var sandbox = own.get(team, id);
        node.checkpoints().diff(sandbox.id(), parse(from), to.map(SandboxCheckpoints::parse), each);
    }

    public void delete(Team team, String id, String checkpoint) {
        node.checkpoints().delete(own.get(team, id).id(), parse(checkpoint));
    }

    private static SnapshotId parse(String text) {
        return SnapshotId.parse(text).orElseThrow(() -> new ControlException(
                Category.NOT_FOUND, "no checkpoint '" + text + "': it is named by an id such as the list of checkpoints shows"));
    }
}
