package dev.caisson.front.rest;

import dev.caisson.control.ForkOutcome;
import dev.caisson.control.SandboxControl;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.HttpFailure;
import dev.caisson.http.PathParameters;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code POST /sandboxes/{id}/fork} ({@code contract/rest-api.md} §7.2). */
final class ForkResource {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);
    private static final int MOST = 100;

    private final SandboxControl control;
    private final Answers answers;

    ForkResource(SandboxControl control, Answers answers) {
        this.control = control;
        this.answers = answers;
    }

    /** What became of one: exactly one of the two is there. */
    record Child(Optional<Answers.Sandbox> sandbox, Optional<Failure> error) {}

    record Failure(int code, String message) {}

    void fork(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.readIfAny(exchange);
        var count = fields.count("count").orElse(1);
        if (count < 1 || count > MOST) {
            throw HttpException.validation("property 'count' must be from 1 to " + MOST);
        }
        var timeout = SandboxResource.timeout(fields).orElse(DEFAULT_TIMEOUT);
        var delivery = new Delivery(control.sandboxes(), team, exchange);
        var outcomes = control.forks().fork(team, path.get("id"), count, timeout);
        delivery.send(
                outcomes.stream().map(this::child).toList(),
                outcomes.stream()
                        .flatMap(outcome -> outcome instanceof ForkOutcome.Made(var sandbox) ? Stream.of(sandbox) : Stream.empty())
                        .toList());
    }

    private Child child(ForkOutcome outcome) {
        return switch (outcome) {
            case ForkOutcome.Made(var sandbox) -> new Child(Optional.of(answers.sandbox(sandbox)), Optional.empty());
            case ForkOutcome.Failed(var why) -> {
                var failure = HttpFailure.of(why);
                yield new Child(Optional.empty(), Optional.of(new Failure(failure.status(), failure.message())));
            }
        };
    }
}
