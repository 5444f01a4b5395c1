package dev.caisson.control;

import dev.caisson.base.Isolation;
import dev.caisson.node.Ingress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A client's wish for a sandbox.
 *
 * @param template as the client named it
 * @param timeout empty for the template's default
 * @param secured whether envd is to demand its token
 * @param minimumIsolation what it must not be weaker than; empty for whatever there is
 * @param ingress how its ports are to be reached; closed to the public only if it is secured
 */
public record NewSandbox(
        String template,
        Optional<Duration> timeout,
        boolean secured,
        Optional<Isolation> minimumIsolation,
        Ingress ingress,
        Map<String, String> metadata,
        Map<String, String> environment) {
    public NewSandbox {
        metadata = Map.copyOf(metadata);
        environment = Map.copyOf(environment);
    }
}
