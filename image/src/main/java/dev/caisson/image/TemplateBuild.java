package dev.caisson.image;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One version of a template: which layers, and how a sandbox of it starts.
 *
 * @param templateId 20 characters {@code [a-z0-9]}
 * @param buildId a UUID
 * @param names what clients call the template: {@code base}
 * @param layers topmost first, the agent's own layer not included
 * @param user who runs commands when a request names nobody
 * @param workdir where, when a request names no folder; absolute
 * @param environment added to every process
 * @param cpus virtual CPUs
 * @param memoryBytes the guest's memory
 * @param diskBytes size of the writable disk
 * @param timeout life of a sandbox when a create request names none
 * @param created when it was built
 */
public record TemplateBuild(
        String templateId,
        String buildId,
        List<String> names,
        List<ContentHash> layers,
        String user,
        String workdir,
        Map<String, String> environment,
        int cpus,
        long memoryBytes,
        long diskBytes,
        Duration timeout,
        Instant created) {
    private static final Pattern TEMPLATE_ID = Pattern.compile("[a-z0-9]{20}");
    private static final Pattern BUILD_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    public TemplateBuild {
        if (!TEMPLATE_ID.matcher(templateId).matches() || !BUILD_ID.matcher(buildId).matches()) {
            throw new IllegalArgumentException(
                    "a template id is 20 of [a-z0-9] and a build id a UUID, not '" + templateId + "' and '" + buildId + "'");
        }
        names = List.copyOf(names);
        layers = List.copyOf(layers);
        environment = Map.copyOf(environment);
    }
}
