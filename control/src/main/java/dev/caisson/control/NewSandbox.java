package dev.caisson.control;

import dev.caisson.base.Isolation;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
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
 * @param onTimeout what is to happen when its time is up
 * @param wokenByTraffic whether requests are to bring it back while it is paused
 * @param ingress how its ports are to be reached; closed to the public only if it is secured
 */
public record NewSandbox(
        String template,
        Optional<Duration> timeout,
        boolean secured,
        Optional<Isolation> minimumIsolation,
        Lifecycle.OnTimeout onTimeout,
        boolean wokenByTraffic,
        Ingress ingress,
        Map<String, String> metadata,
        Map<String, String> environment) {
    public NewSandbox {
        metadata = Map.copyOf(metadata);
        environment = Map.copyOf(environment);
    }
}
