package dev.caisson.front.rest;

import dev.caisson.base.Category;
import dev.caisson.control.ControlException;
import dev.caisson.control.NewSandbox;
import dev.caisson.control.Sandboxes;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code /sandboxes} and {@code /v2/sandboxes}: create, list, get, kill, timeout, refresh, connect. */
final class SandboxResource {
    /** What {@code POST /sandboxes} without a timeout means; {@code /v2} takes the template's ({@code contract/rest-api.md} §13.18, §14). */
    private static final Duration OLD_DEFAULT_TIMEOUT = Duration.ofSeconds(15);
    private static final int LONGEST_REFRESH_SECONDS = 3600;
    /** Members of a create request that belong to later work; refused rather than silently ignored. */
    private static final List<String> NOT_YET = List.of("autoPause", "autoResume", "iam", "volumeMounts");

    private final Sandboxes sandboxes;
    private final Answers answers;

    SandboxResource(Sandboxes sandboxes, Answers answers) {
        this.sandboxes = sandboxes;
        this.answers = answers;
    }

    void createOld(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.read(exchange);
        create(team, exchange, fields, Optional.of(timeout(fields).orElse(OLD_DEFAULT_TIMEOUT)), fields.flag("secure").orElse(false));
    }

    /** In the second version every sandbox is secured ({@code contract/rest-api.md} §14). */
    void create(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.read(exchange);
        create(team, exchange, fields, timeout(fields), true);
    }

    private void create(Team team, Exchange exchange, Fields fields, Optional<Duration> timeout, boolean secured) throws IOException {
        var wish = new NewSandbox(
                fields.requiredText("templateID"), timeout, secured, NetworkFields.ingress(fields, secured),
                fields.texts("metadata"), fields.texts("envVars"));
        refuseWhatIsNotThereYet(fields);
        Json.send(exchange, 201, answers.sandbox(sandboxes.create(team, wish)));
    }

    private static void refuseWhatIsNotThereYet(Fields fields) {
        for (var name : NOT_YET) {
            if (fields.says(name)) {
                throw notYet("'" + name + "' of a new sandbox");
            }
        }
        if (fields.flag("allow_internet_access").filter(allowed -> !allowed).isPresent()) {
            throw notYet("'allow_internet_access: false'");
        }
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
        if (query.states().contains(dev.caisson.node.SandboxInfo.State.RUNNING)) {
            exchange.setHeader("X-Total-Running", Integer.toString(page.total()));
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

    void connect(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, answers.sandbox(sandboxes.connect(team, path.get("id"), timeout(Fields.read(exchange)))));
    }

    private static Optional<Duration> timeout(Fields fields) {
        return fields.count("timeout").map(Duration::ofSeconds);
    }
}
