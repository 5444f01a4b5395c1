package dev.caisson.front.rest;

import dev.caisson.control.SandboxCheckpoints;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import dev.caisson.node.CheckpointInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** {@code /sandboxes/{id}/checkpoints}: states of a sandbox to go back to. Caisson's own, not part of E2B's wire. */
final class CheckpointResource {
    private final SandboxCheckpoints checkpoints;
    private final Answers answers;

    CheckpointResource(SandboxCheckpoints checkpoints, Answers answers) {
        this.checkpoints = checkpoints;
        this.answers = answers;
    }

    record Answer(String checkpointID, String name, Instant createdAt, long sizeBytes) {}

    void take(Team team, Exchange exchange, PathParameters path) throws IOException {
        var name = Fields.readIfAny(exchange).text("name").orElse("");
        Json.send(exchange, 201, answer(checkpoints.take(team, path.get("id"), name)));
    }

    void list(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        var page = checkpoints.list(team, path.get("id"), Paging.after(query), Paging.limit(query));
        Paging.announce(exchange, page);
        Json.send(exchange, 200, page.rows().stream().map(CheckpointResource::answer).toList());
    }

    void rollBack(Team team, Exchange exchange, PathParameters path) throws IOException {
        Json.send(exchange, 200, answers.sandbox(checkpoints.rollBack(team, path.get("id"), path.get("checkpoint"))));
    }

    /** Lines of JSON, as they are found; cut off where it fails after the first. */
    void diff(Team team, Exchange exchange, PathParameters path) throws IOException {
        var to = Query.of(exchange).first("to").filter(text -> !text.isEmpty());
        var lines = new JsonLines(exchange);
        try {
            checkpoints.diff(team, path.get("id"), path.get("checkpoint"), to, lines::write);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        lines.complete();
    }

    void delete(Team team, Exchange exchange, PathParameters path) throws IOException {
        checkpoints.delete(team, path.get("id"), path.get("checkpoint"));
        Json.sendNothing(exchange);
    }

    private static Answer answer(CheckpointInfo checkpoint) {
        return new Answer(checkpoint.id().value(), checkpoint.name(), checkpoint.taken(), checkpoint.bytes());
    }
}
