package dev.caisson.node;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A resolved request for a sandbox.
 *
 * @param template id or name of a template this node has, or a {@link SnapshotId}: then it goes on from there
 * @param shown what {@link SandboxInfo#templateId} and {@link SandboxInfo#templateNames} are to be; empty for the template's own
 * @param owner the team it belongs to; opaque here
 * @param timeout until its deadline, counted from when it is ready
 * @param secured whether envd demands its token
 * @param internet whether it may reach the internet
 * @param ingress how its ports are reached
 * @param lifecycle what happens at its deadline, and what brings it back
 * @param metadata echoed to clients, never interpreted
 * @param environment for every process, over the template's
 */
public record CreateRequest(
        String template,
        Optional<ShownTemplate> shown,
        String owner,
        Duration timeout,
        boolean secured,
        boolean internet,
        Ingress ingress,
        Lifecycle lifecycle,
        Map<String, String> metadata,
        Map<String, String> environment) {

    public CreateRequest {
        metadata = Map.copyOf(metadata);
        environment = Map.copyOf(environment);
    }

    /** A sandbox whose ports anybody may reach and that ends at its deadline. */
    public CreateRequest(
            String template,
            String owner,
            Duration timeout,
            boolean secured,
            boolean internet,
            Map<String, String> metadata,
            Map<String, String> environment) {
        this(
                template, Optional.empty(), owner, timeout, secured, internet, Ingress.OPEN, Lifecycle.ending(timeout), metadata,
                environment);
    }
}
