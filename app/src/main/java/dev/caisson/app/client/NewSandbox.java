package dev.caisson.app.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A sandbox to be made.
 *
 * @param timeout empty for the template's
 * @param environment of all its commands
 * @param minimumIsolation {@code gvisor} or {@code microvm}; refused where sandboxes are isolated less
 * @param wokenByTraffic whether requests bring it back while it is paused
 */
public record NewSandbox(
        String template,
        Optional<Duration> timeout,
        Map<String, String> environment,
        Map<String, String> metadata,
        Optional<String> minimumIsolation,
        OnTimeout onTimeout,
        boolean wokenByTraffic) {
    public NewSandbox {
        environment = Map.copyOf(environment);
        metadata = Map.copyOf(metadata);
    }

    /** One that ends when its time is up. */
    public NewSandbox(
            String template,
            Optional<Duration> timeout,
            Map<String, String> environment,
            Map<String, String> metadata,
            Optional<String> minimumIsolation) {
        this(template, timeout, environment, metadata, minimumIsolation, OnTimeout.KILL, false);
    }

    Map<String, Object> body() {
        var body = new LinkedHashMap<String, Object>();
        body.put("templateID", template);
        body.put("envVars", environment);
        body.put("metadata", metadata);
        timeout.ifPresent(time -> body.put("timeout", time.toSeconds()));
        minimumIsolation.ifPresent(level -> body.put("caisson", Map.of("minimumIsolation", level)));
        body.put("autoPause", onTimeout != OnTimeout.KILL);
        if (onTimeout == OnTimeout.PAUSE_FILES) {
            body.put("autoPauseMemory", false);
        }
        body.put("autoResume", Map.of("enabled", wokenByTraffic));
        return body;
    }
}
