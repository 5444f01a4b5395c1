package dev.caisson.front.rest;

import dev.caisson.base.Isolation;
import dev.caisson.control.NewSandbox;
import dev.caisson.control.Sandboxes;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.node.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code POST /sandboxes} and {@code POST /v2/sandboxes}. A client that has left before its sandbox was made never learns
 * its id, so that sandbox is removed again, unless the request has an {@code Idempotency-Key}: then the client can ask again.
 */
final class CreateResource {
    /** What {@code POST /sandboxes} without a timeout means; {@code /v2} takes the template's ({@code contract/rest-api.md} §13.18, §14). */
    private static final Duration OLD_DEFAULT_TIMEOUT = Duration.ofSeconds(15);
    /** Members of a create request that belong to later work; refused rather than silently ignored. */
    private static final List<String> NOT_YET = List.of("iam", "volumeMounts");

    private final Sandboxes sandboxes;
    private final Answers answers;
    private final IdempotentAnswers idempotent;

    CreateResource(Sandboxes sandboxes, Answers answers, IdempotentAnswers idempotent) {
        this.sandboxes = sandboxes;
        this.answers = answers;
        this.idempotent = idempotent;
    }

    void createOld(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.read(exchange);
        var timeout = SandboxResource.timeout(fields).orElse(OLD_DEFAULT_TIMEOUT);
        create(team, exchange, fields, wish(fields, Optional.of(timeout), fields.flag("secure").orElse(false)));
    }

    /** In the second version every sandbox is secured ({@code contract/rest-api.md} §14). */
    void create(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.read(exchange);
        create(team, exchange, fields, wish(fields, SandboxResource.timeout(fields), true));
    }

    private void create(Team team, Exchange exchange, Fields fields, NewSandbox wish) throws IOException {
        if (IdempotentAnswers.areAskedFor(exchange)) {
            var answer = idempotent.once(team, exchange, fields, () -> Json.bytes(answers.sandbox(sandboxes.create(team, wish))));
            Json.sendBytes(exchange, 201, answer);
            return;
        }
        var delivery = new Delivery(sandboxes, team, exchange);
        var made = sandboxes.create(team, wish);
        delivery.send(answers.sandbox(made), List.of(made));
    }

    private static NewSandbox wish(Fields fields, Optional<Duration> timeout, boolean secured) {
        var wish = new NewSandbox(
                fields.requiredText("templateID"), timeout, secured, fields.object("caisson").flatMap(CreateResource::minimumIsolation),
                onTimeout(fields), isWokenByTraffic(fields), NetworkFields.ingress(fields, secured), fields.texts("metadata"), fields.texts("envVars"));
        refuseWhatIsNotThereYet(fields);
        return wish;
    }

    /** Caisson's own: {@code "caisson": {"minimumIsolation": "gvisor"}}. */
    private static Optional<Isolation> minimumIsolation(Fields own) {
        return own.text("minimumIsolation").map(word -> Isolation.of(word).orElseThrow(() -> HttpException.validation(
                "property 'caisson.minimumIsolation' must be 'gvisor' or 'microvm', not '" + word + "'")));
    }

    /** {@code contract/rest-api.md} §4.1; the absence of {@code autoPause} is a kill, whatever else is said (§13.29, §13.30). */
    private static Lifecycle.OnTimeout onTimeout(Fields fields) {
        var pauses = fields.flag("autoPause").orElse(false);
        var memory = fields.flag("autoPauseMemory").orElse(true);
        if (!memory && !pauses) {
            throw HttpException.invalid("'autoPauseMemory: false' needs 'autoPause: true'");
        }
        if (!memory && isWokenByTraffic(fields)) {
            throw HttpException.invalid("'autoPauseMemory: false' excludes 'autoResume': traffic wakes no sandbox whose memory was not saved");
        }
        if (!pauses) {
            return Lifecycle.OnTimeout.KILL;
        }
        return memory ? Lifecycle.OnTimeout.PAUSE : Lifecycle.OnTimeout.PAUSE_FILES;
    }

    private static boolean isWokenByTraffic(Fields fields) {
        return fields.object("autoResume").flatMap(resume -> resume.flag("enabled")).orElse(false);
    }

    private static void refuseWhatIsNotThereYet(Fields fields) {
        fields.object("iam");
        fields.list("volumeMounts");
        for (var name : NOT_YET) {
            if (fields.says(name)) {
                throw SandboxResource.notYet("'" + name + "' of a new sandbox");
            }
        }
        if (fields.flag("allow_internet_access").filter(allowed -> !allowed).isPresent()) {
            throw SandboxResource.notYet("'allow_internet_access: false'");
        }
    }
}
