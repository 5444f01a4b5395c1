package dev.caisson.node;

import java.time.Duration;
import java.util.List;

/**
 * What a node knows of a template it can start.
 *
 * @param buildId of its newest build
 * @param timeout life of a sandbox when a request names none
 */
public record TemplateInfo(
        String templateId, String buildId, List<String> names, int cpus, long memoryBytes, long diskBytes, Duration timeout) {
    public TemplateInfo {
        names = List.copyOf(names);
    }
}
