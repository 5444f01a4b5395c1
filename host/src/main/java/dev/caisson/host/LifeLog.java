package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.host.history.History;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.LogLevel;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Writes what becomes of a sandbox into its log; the events are named as in {@code contract/rest-api.md} §10.3. */
final class LifeLog implements SandboxListener {
    private static final String EVENT = "event_type";
    private static final String LOGGER = "sandbox";

    private final History history;

    LifeLog(History history) {
        this.history = history;
    }

    @Override
    public void running(SandboxInfo sandbox, GuestAgent agent) {
        var timeout = Duration.between(sandbox.started(), sandbox.deadline());
        history.started(sandbox.owner(), sandbox.id(), "Sandbox created", Map.of(
                EVENT, "sandbox.lifecycle.created",
                "template", sandbox.templateId(),
                "timeout_seconds", Long.toString(timeout.toSeconds()),
                "end_at", sandbox.deadline().toString(),
                "cpu_count", Integer.toString(sandbox.cpus()),
                "memory_mb", Long.toString(sandbox.memoryBytes() >> 20)));
    }

    void moved(SandboxInfo sandbox) {
        history.logs().append(
                sandbox.owner(), sandbox.id(), LogLevel.INFO, LOGGER, "Timeout changed: ends at " + sandbox.deadline(),
                Map.of(EVENT, "sandbox.lifecycle.updated", "set_timeout", sandbox.deadline().toString()));
    }

    void wasPaused(SandboxInfo sandbox) {
        var saved = sandbox.pause().saved().name().toLowerCase(Locale.ROOT);
        history.logs().append(
                sandbox.owner(), sandbox.id(), LogLevel.INFO, LOGGER, "Sandbox paused",
                Map.of(EVENT, "sandbox.lifecycle.paused", "saved", saved));
    }

    @Override
    public void resumed(SandboxInfo sandbox, GuestAgent agent) {
        history.logs().append(
                sandbox.owner(), sandbox.id(), LogLevel.INFO, LOGGER, "Sandbox resumed: ends at " + sandbox.deadline(),
                Map.of(EVENT, "sandbox.lifecycle.resumed", "end_at", sandbox.deadline().toString()));
    }

    /** It was saved and goes on. */
    void saved(String owner, SandboxId id, String message) {
        history.logs().append(owner, id, LogLevel.INFO, LOGGER, message, Map.of(EVENT, "sandbox.lifecycle.checkpointed"));
    }

    @Override
    public void ended(EndRecord end) {
        history.ended(end.owner(), end.id(), level(end.cause()), "Sandbox ended: " + end.detail(), Map.of(
                EVENT, "sandbox.lifecycle.killed", "kill_reason", reason(end.cause())));
    }

    private static LogLevel level(EndCause cause) {
        return switch (cause) {
            case REQUEST, OPERATOR, DEADLINE -> LogLevel.INFO;
            case ENGINE_DIED, AGENT_HUNG, HOST_RESTARTED, FAILED -> LogLevel.ERROR;
        };
    }

    /** The wire's words where it has one. */
    private static String reason(EndCause cause) {
        return switch (cause) {
            case REQUEST -> "request";
            case OPERATOR -> "admin";
            case DEADLINE -> "timeout";
            case ENGINE_DIED, AGENT_HUNG, HOST_RESTARTED, FAILED -> cause.name().toLowerCase(Locale.ROOT);
        };
    }
}
