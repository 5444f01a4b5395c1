package dev.caisson.control;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A client's wish for a sandbox.
 *
 * @param template as the client named it
 * @param timeout empty for the template's default
 * @param secured whether envd is to demand its token
 */
public record NewSandbox(
        String template,
        Optional<Duration> timeout,
        boolean secured,
        Map<String, String> metadata,
        Map<String, String> environment) {
    public NewSandbox {
        metadata = Map.copyOf(metadata);
        environment = Map.copyOf(environment);
    }
}
