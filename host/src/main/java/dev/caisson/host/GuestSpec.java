package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.engine.Layer;
import dev.caisson.engine.Limits;
import dev.caisson.engine.SandboxSpec;
import dev.caisson.image.ContentHash;
import dev.caisson.image.FrozenDisks;
import dev.caisson.image.LayerName;
import dev.caisson.image.LayerStore;
import dev.caisson.node.NodeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a sandbox is to the engine. Without state of its own. */
final class GuestSpec {
    private final LayerStore layers;
    private final FrozenDisks disks;
    private final int processes;

    /** @param processes and threads inside one sandbox */
    GuestSpec(LayerStore layers, FrozenDisks disks, int processes) {
        this.layers = layers;
        this.disks = disks;
        this.processes = processes;
    }

    /** @param more environment of the agent */
    SandboxSpec of(Assembly assembly, Map<String, String> more) {
        var info = assembly.journal().info();
        var environment = new HashMap<>(more);
        environment.put("CAISSON_LINK_PORT", Integer.toString(Host.LINK_PORT));
        return new SandboxSpec(
                assembly.machine(),
                assembly.journal().layers().stream().map(this::layer).toList(),
                assembly.folder().disk(),
                assembly.slot().namespace(),
                new Limits(info.cpus(), info.memoryBytes(), processes),
                List.of(Host.AGENT_PATH),
                environment,
                Introduce.HOSTNAME);
    }

    private Layer layer(LayerName name) {
        return switch (name) {
            case LayerName.Packed(ContentHash hash) -> Layer.erofs(layers.find(hash).orElseThrow(() -> new NodeException(
                    Category.INTERNAL, "layer " + hash + " of its template is not on this machine; build the template again")));
            case LayerName.Frozen frozen -> Layer.disk(disks.find(frozen).orElseThrow(() -> new NodeException(
                    Category.INTERNAL, "layer " + frozen.text() + ", the files of a saved sandbox, is not on this machine")));
        };
    }
}
