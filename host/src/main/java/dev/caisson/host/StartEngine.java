package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.engine.Engine;
import dev.caisson.engine.Layer;
import dev.caisson.engine.Limits;
import dev.caisson.engine.SandboxSpec;
import dev.caisson.image.ContentHash;
import dev.caisson.image.LayerName;
import dev.caisson.image.LayerStore;
import dev.caisson.node.NodeException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Starts the isolated machine with the agent as its first process. */
final class StartEngine implements Step {
    private final Engine engine;
    private final LayerStore layers;
    private final LinkKeys keys;
    private final int processes;
    private final Consumer<Assembly> watch;

    /** @param watch is given the sandbox as soon as its engine can die */
    StartEngine(Engine engine, LayerStore layers, LinkKeys keys, int processes, Consumer<Assembly> watch) {
        this.engine = engine;
        this.layers = layers;
        this.keys = keys;
        this.processes = processes;
        this.watch = watch;
    }

    @Override
    public String name() {
        return "start it";
    }

    @Override
    public void apply(Assembly assembly) {
        var info = assembly.journal().info();
        var key = keys.key(info.id(), info.run(), LinkKeys.BOOT);
        assembly.engine(engine.start(new SandboxSpec(
                assembly.machine(),
                assembly.journal().layers().stream().map(this::layer).toList(),
                assembly.folder().disk(),
                assembly.slot().namespace(),
                new Limits(info.cpus(), info.memoryBytes(), processes),
                List.of(Host.AGENT_PATH),
                Map.of(
                        "CAISSON_LINK_KEY", HexFormat.of().formatHex(key),
                        "CAISSON_LINK_PORT", Integer.toString(Host.LINK_PORT)),
                Introduce.HOSTNAME)));
        watch.accept(assembly);
    }

    @Override
    public void undo(Assembly assembly) {
        engine.remove(assembly.machine());
    }

    private Layer layer(LayerName name) {
        return switch (name) {
            case LayerName.Packed(ContentHash hash) -> Layer.erofs(layers.find(hash).orElseThrow(() -> new NodeException(
                    Category.INTERNAL, "layer " + hash + " of its template is not on this machine; build the template again")));
            case LayerName.Frozen frozen -> throw new NodeException(Category.UNSUPPORTED, "layer " + frozen.text() + " is a disk");
        };
    }
}
