package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import java.util.Optional;

/** Finds the sandboxes of a team; one of another team is reported like one that never was. Safe for use by many threads. */
final class OwnSandboxes {
    private final Node node;

    OwnSandboxes(Node node) {
        this.node = node;
    }

    /** @throws NodeException {@code NOT_FOUND}; {@link ControlException} {@code INVALID} for what cannot be an id */
    SandboxInfo get(Team team, String id) {
        var sandboxId = parse(id);
        return owned(team, sandboxId, node.find(sandboxId));
    }

    /** As {@link #get}, or one that is being killed: a kill joins, and the node says of every change that it comes too late. */
    SandboxInfo getEvenEnding(Team team, String id) {
        var sandboxId = parse(id);
        return owned(team, sandboxId, node.find(sandboxId).or(() -> node.findEnding(sandboxId)));
    }

    static boolean runs(SandboxInfo sandbox) {
        return sandbox.state() == SandboxInfo.State.RUNNING;
    }

    /** Whether it is paused for certain, and not still on its way there. */
    static boolean isPaused(SandboxInfo sandbox) {
        return sandbox.state() == SandboxInfo.State.PAUSED && sandbox.pause().saved() != Pause.Saved.NOTHING;
    }

    private static SandboxInfo owned(Team team, SandboxId id, Optional<SandboxInfo> found) {
        return found.filter(sandbox -> sandbox.owner().equals(team.id())).orElseThrow(() -> NodeException.notFound(id));
    }

    private static SandboxId parse(String text) {
        return ClientId.parse(text).orElseThrow(() -> new NodeException(
                Category.NOT_FOUND, "Sandbox \"" + ClientId.plain(text) + "\" doesn't exist or you don't have access to it"));
    }
}
