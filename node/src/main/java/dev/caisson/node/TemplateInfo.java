package dev.caisson.node;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a node knows of one build of a template it can start.
 *
 * @param created when it was built
 * @param timeout life of a sandbox when a request names none
 */
public record TemplateInfo(
        String templateId,
        String buildId,
        List<String> names,
        Instant created,
        int cpus,
        long memoryBytes,
        long diskBytes,
        Duration timeout) {
    public TemplateInfo {
        names = List.copyOf(names);
    }
}
