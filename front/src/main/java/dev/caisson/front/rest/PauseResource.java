package dev.caisson.front.rest;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.control.PausedSandboxes;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import java.io.IOException;
import java.time.Duration;

/** Pause, resume and connect ({@code contract/rest-api.md} §5.2, §5.4, §15.4, §15.5). */
final class PauseResource {
    /** What {@code POST …/resume} without a timeout means (§3.1). */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private final PausedSandboxes paused;
    private final Answers answers;

    PauseResource(PausedSandboxes paused, Answers answers) {
        this.paused = paused;
        this.answers = answers;
    }

    void pause(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.readIfAny(exchange);
        var request = new PauseRequest(fields.flag("memory").orElse(true), fields.flag("requireHealthyGuest").orElse(false));
        try {
            paused.pause(team, path.get("id"), request);
        } catch (NodeException e) {
            throw e.category() == Category.UNAVAILABLE ? refused(e) : e;
        }
        Json.sendNothing(exchange);
    }

    /** The sandbox goes on, and another try would end like this one (§15.5): no {@code Should-Retry: true}. */
    private static HttpException refused(NodeException failure) {
        return HttpException.withStatus(503, String.valueOf(failure.getMessage()));
    }

    void resume(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.readIfAny(exchange);
        var request = new ResumeRequest(
                SandboxResource.timeout(fields).orElse(DEFAULT_TIMEOUT), fields.flag("memory").orElse(true), false,
                fields.flag("autoPause").map(pauses -> pauses ? Lifecycle.OnTimeout.PAUSE : Lifecycle.OnTimeout.KILL));
        try {
            Json.send(exchange, 201, answers.sandbox(paused.resume(team, path.get("id"), request)));
        } catch (CaissonException e) {
            throw withoutRepeat(exchange, e);
        }
    }

    /** The old form needs a body ({@code contract/rest-api.md} §13.11). */
    void connectOld(Team team, Exchange exchange, PathParameters path) throws IOException {
        connect(team, exchange, path, Fields.read(exchange));
    }

    void connect(Team team, Exchange exchange, PathParameters path) throws IOException {
        connect(team, exchange, path, Fields.readIfAny(exchange));
    }

    private void connect(Team team, Exchange exchange, PathParameters path, Fields fields) throws IOException {
        var memory = fields.flag("memory").orElse(true);
        try {
            var connected = paused.connect(team, path.get("id"), SandboxResource.timeout(fields), memory);
            Json.send(exchange, connected.resumed() ? 201 : 200, answers.sandbox(connected.sandbox()));
        } catch (CaissonException e) {
            throw withoutRepeat(exchange, e);
        }
    }

    /** A dead agent stays dead. */
    private static CaissonException withoutRepeat(Exchange exchange, CaissonException failure) {
        if (failure.errorCode().equals(PausedSandboxes.AGENT_UNRESPONSIVE)) {
            exchange.setHeader("Should-Retry", "false");
        }
        return failure;
    }
}
