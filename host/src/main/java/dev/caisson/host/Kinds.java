package dev.caisson.host;

import dev.caisson.engine.Limits;
import dev.caisson.host.standby.StandbyKind;
import dev.caisson.image.ContentHash;
import dev.caisson.image.TemplateBuild;
import java.util.ArrayList;
import java.util.Optional;

/** Which kind of standby a sandbox could come from. */
final class Kinds {
    /** Of this template some are kept without being asked for. */
    private static final String FIRST = "base";

    private final HostParts parts;
    private final int processes;

    Kinds(HostParts parts, int processes) {
        this.parts = parts;
        this.processes = processes;
    }

    StandbyKind of(TemplateBuild template, boolean internet) {
        var layers = new ArrayList<ContentHash>();
        layers.add(parts.agentLayer());
        layers.addAll(template.layers());
        var engine = parts.engine().info();
        return new StandbyKind(
                template.templateId(), template.buildId(), layers, engine.name() + " " + engine.build(),
                new Limits(template.cpus(), template.memoryBytes(), processes), template.diskBytes(), internet);
    }

    /** The newest build of its template, if that still makes this kind. */
    Optional<TemplateBuild> template(StandbyKind kind) {
        return parts.templates().find(kind.templateId()).filter(build -> of(build, kind.internet()).equals(kind));
    }

    Optional<StandbyKind> first() {
        return parts.templates().find(FIRST).map(build -> of(build, true));
    }
}
