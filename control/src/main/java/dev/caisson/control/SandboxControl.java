package dev.caisson.control;

import dev.caisson.node.Node;
import java.time.InstantSource;

/** Everything that teams can do with sandboxes, over one node and one count of places. */
public record SandboxControl(
        Sandboxes sandboxes, PausedSandboxes paused, SnapshotTemplates snapshots, Forks forks, SandboxCheckpoints checkpoints) {

    public static SandboxControl of(Node node, Templates templates, SnapshotStore names, InstantSource clock) {
        var quotas = new Quotas(node);
        var snapshots = new SnapshotTemplates(node, names);
        return new SandboxControl(
                new Sandboxes(node, new StartPoints(templates, snapshots), quotas, clock), new PausedSandboxes(node, quotas, clock),
                snapshots, new Forks(node, quotas), new SandboxCheckpoints(node, quotas, clock));
    }
}
