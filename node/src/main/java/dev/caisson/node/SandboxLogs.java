package dev.caisson.node;

import dev.caisson.base.SandboxId;
import java.util.List;
import java.util.Map;

/**
 * What happened in and to sandboxes, those that have ended included, as far back as is kept. Nothing is known of a sandbox
 * that belongs to another owner than the one given. Safe for use by many threads.
 */
public interface SandboxLogs {

    /**
     * Writes down what happened just now. Neither waits nor fails: what comes faster than can be kept is dropped, and the log
     * says how much that was.
     */
    void append(String owner, SandboxId id, LogLevel level, String logger, String message, Map<String, String> fields);

    /** Lines of a sandbox's log, those included that were appended before the call; empty for one that never was. */
    List<LogEntry> read(String owner, SandboxId id, LogQuery query);
}
