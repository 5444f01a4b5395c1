package dev.caisson.host;

import dev.caisson.engine.EngineInfo;
import dev.caisson.host.journal.Journal;
import dev.caisson.image.ContentHash;
import dev.caisson.image.LayerName;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.ShownTemplate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** Writes down what is about to be started, before the engine makes anything. */
final class WriteIntent implements Step {
    private final EngineInfo engine;
    private final ContentHash agentLayer;
    private final String bootId;
    private final InstantSource clock;

    WriteIntent(EngineInfo engine, ContentHash agentLayer, String bootId, InstantSource clock) {
        this.engine = engine;
        this.agentLayer = agentLayer;
        this.bootId = bootId;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "write its journal";
    }

    @Override
    public void apply(Assembly assembly) {
        var layers = new ArrayList<LayerName>();
        layers.add(new LayerName.Packed(agentLayer));
        assembly.order().template().layers().forEach(layer -> layers.add(new LayerName.Packed(layer)));
        var journal = new Journal(
                Journal.FORMAT, bootId, describe(assembly), assembly.slot().number(), List.copyOf(layers), LinkKeys.BOOT,
                defaults(assembly), assembly.order().request().lifecycle().onTimeout(), new Journal.Phase.Starting());
        assembly.folder().write(journal);
        assembly.journal(journal);
    }

    private static Journal.GuestDefaults defaults(Assembly assembly) {
        var template = assembly.order().template();
        var environment = new HashMap<>(template.environment());
        environment.putAll(assembly.order().request().environment());
        return new Journal.GuestDefaults(template.user(), template.workdir(), environment);
    }

    private SandboxInfo describe(Assembly assembly) {
        var template = assembly.order().template();
        var request = assembly.order().request();
        var shown = request.shown().orElseGet(() -> new ShownTemplate(template.templateId(), template.names()));
        var now = clock.instant();
        return new SandboxInfo(
                assembly.id(), 1, SandboxInfo.State.RUNNING, shown.id(), shown.names(), request.owner(), now,
                now.plus(request.timeout()), request.secured(), request.internet(), request.ingress(), 0,
                template.cpus(), template.memoryBytes(), template.diskBytes(), request.metadata(), engine.name() + " " + engine.build(),
                engine.isolation(), request.lifecycle(), Pause.NONE);
    }
}
