package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineInfo;
import dev.caisson.host.journal.Journal;
import dev.caisson.image.TemplateBuild;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.ShownTemplate;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** What an order says about the sandbox that is made for it. */
final class SandboxDescription {
    private final EngineInfo engine;
    private final InstantSource clock;

    SandboxDescription(EngineInfo engine, InstantSource clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /** That of a standby: nobody is ever shown what it says. */
    static Assembly.Order ofNobody(TemplateBuild template) {
        return new Assembly.Order(
                new CreateRequest(template.templateId(), "", template.timeout(), true, true, Map.of(), Map.of()), template);
    }

    /** As clients see it; its moments are those of the request. */
    SandboxInfo info(SandboxId id, Assembly.Order order) {
        var template = order.template();
        var request = order.request();
        var shown = request.shown().orElseGet(() -> new ShownTemplate(template.templateId(), template.names()));
        var now = clock.instant();
        return new SandboxInfo(
                id, 1, SandboxInfo.State.RUNNING, shown.id(), shown.names(), request.owner(), now,
                now.plus(request.timeout()), request.secured(), request.internet(), request.ingress(), 0,
                template.cpus(), template.memoryBytes(), template.diskBytes(), request.metadata(), engine.name() + " " + engine.build(),
                engine.isolation(), request.lifecycle(), Pause.NONE);
    }

    /** The template's and the request's, the request's first. */
    static Journal.GuestDefaults guest(Assembly.Order order) {
        var template = order.template();
        var environment = new HashMap<>(template.environment());
        environment.putAll(order.request().environment());
        return new Journal.GuestDefaults(template.user(), template.workdir(), environment);
    }
}
