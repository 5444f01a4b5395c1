package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineInfo;
import dev.caisson.host.journal.Journal;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
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
    static Assembly.Order ofNobody(Origin origin) {
        return new Assembly.Order(
                new CreateRequest(origin.shown().id(), "", Duration.ZERO, true, true, Map.of(), Map.of()), origin);
    }

    /** As clients see it; its moments are those of the request. */
    SandboxInfo info(SandboxId id, Assembly.Order order) {
        var origin = order.origin();
        var request = order.request();
        var shown = request.shown().orElseGet(origin::shown);
        var now = clock.instant();
        return new SandboxInfo(
                id, 1, SandboxInfo.State.RUNNING, shown.id(), shown.names(), request.owner(), now,
                now.plus(request.timeout()), request.secured(), request.internet(), request.ingress(), 0,
                origin.cpus(), origin.memoryBytes(), origin.diskBytes(), request.metadata(), engine.name() + " " + engine.build(),
                engine.isolation(), request.lifecycle(), Pause.NONE);
    }

    /** The origin's and the request's, the request's first. */
    static Journal.GuestDefaults guest(Assembly.Order order) {
        var guest = order.origin().guest();
        var environment = new HashMap<>(guest.environment());
        environment.putAll(order.request().environment());
        return new Journal.GuestDefaults(guest.user(), guest.workdir(), environment);
    }
}
