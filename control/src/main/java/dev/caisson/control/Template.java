package dev.caisson.control;

import dev.caisson.node.TemplateInfo;
import java.time.Instant;
import java.util.List;

/**
 * A template with its builds.
 *
 * @param builds newest first; at least one
 */
public record Template(List<TemplateInfo> builds, TemplateUse use) {
    public Template {
        builds = List.copyOf(builds);
    }

    public String id() {
        return newest().templateId();
    }

    public TemplateInfo newest() {
        return builds.getFirst();
    }

    public Instant created() {
        return builds.getLast().created();
    }

    PagePosition position() {
        return new PagePosition(created(), id());
    }
}
