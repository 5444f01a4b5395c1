package dev.caisson.node;

import java.time.Instant;
import java.util.Map;

/**
 * A line of a sandbox's log.
 *
 * @param logger what wrote it: {@code process}, {@code sandbox}, …
 * @param fields what else it says, by name
 */
public record LogEntry(Instant at, LogLevel level, String logger, String message, Map<String, String> fields) {
    public LogEntry {
        fields = Map.copyOf(fields);
    }
}
