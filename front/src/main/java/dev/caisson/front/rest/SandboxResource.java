package dev.caisson.front.rest;

import dev.caisson.base.Category;
import dev.caisson.control.ControlException;
import dev.caisson.control.Sandboxes;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** {@code /sandboxes} and {@code /v2/sandboxes}: list, get, kill, timeout, refresh. */
final class SandboxResource {
    private static final int LONGEST_REFRESH_SECONDS = 3600;

    private final Sandboxes sandboxes;
    private final Answers answers;

    SandboxResource(Sandboxes sandboxes, Answers answers) {
        this.sandboxes = sandboxes;
        this.answers = answers;
    }

    static ControlException notYet(String what) {
        return new ControlException(
                Category.UNSUPPORTED, what + " is not supported by this version of Caisson yet; docs/compatibility.md lists what is");
    }

    void listOld(Team team, Exchange exchange, PathParameters path) throws IOException {
        var page = sandboxes.list(team, SandboxQueries.old(Query.of(exchange)));
        Json.send(exchange, 200, page.rows().stream().map(answers::row).toList());
    }

    void list(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = SandboxQueries.paged(Query.of(exchange));
        var page = sandboxes.list(team, query);
        page.next().ifPresent(next -> exchange.setHeader("X-Next-Token", PageToken.write(next, query.ascending())));
        if (query.states().contains(SandboxInfo.State.RUNNING)) {
            exchange.setHeader("X-Total-Running", Long.toString(sandboxes.countRunning(team, query)));
        }
        Json.send(exchange, 200, page.rows().stream().map(answers::row).toList());
    }

    void get(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, answers.detail(sandboxes.get(team, path.get("id"))));
    }

    void kill(Team team, Exchange exchange, PathParameters path) throws IOException {
        sandboxes.kill(team, path.get("id"));
        Json.sendNothing(exchange);
    }

    void setTimeout(Team team, Exchange exchange, PathParameters path) throws IOException {
        sandboxes.setTimeout(team, path.get("id"), Duration.ofSeconds(Fields.read(exchange).requiredCount("timeout")));
        Json.sendNothing(exchange);
    }

    void refresh(Team team, Exchange exchange, PathParameters path) throws IOException {
        var seconds = Fields.readIfAny(exchange).count("duration").orElse(0);
        if (seconds > LONGEST_REFRESH_SECONDS) {
            throw HttpException.validation("property 'duration' must be at most " + LONGEST_REFRESH_SECONDS);
        }
        sandboxes.refresh(team, path.get("id"), Duration.ofSeconds(seconds));
        Json.sendNothing(exchange);
    }

    static Optional<Duration> timeout(Fields fields) {
        return fields.count("timeout").map(Duration::ofSeconds);
    }
}
