package dev.caisson.front.rest;

import dev.caisson.control.NamedSnapshot;
import dev.caisson.control.SnapshotQuery;
import dev.caisson.control.SnapshotTemplates;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** {@code POST /sandboxes/{id}/snapshots} and {@code GET /snapshots} ({@code contract/rest-api.md} §7.1). */
final class SnapshotResource {
    private final SnapshotTemplates snapshots;

    SnapshotResource(SnapshotTemplates snapshots) {
        this.snapshots = snapshots;
    }

    /** All but the first two are Caisson's own. */
    record Answer(String snapshotID, List<String> names, String sandboxID, Instant createdAt, boolean memory, long sizeBytes) {}

    void take(Team team, Exchange exchange, PathParameters path) throws IOException {
        var fields = Fields.read(exchange);
        var taken = snapshots.take(team, path.get("id"), fields.text("name"), fields.flag("memory").orElse(true));
        Json.send(exchange, 201, answer(taken));
    }

    void list(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        var page = snapshots.list(team, new SnapshotQuery(
                query.first("sandboxID").filter(text -> !text.isEmpty()), query.first("name").filter(text -> !text.isEmpty()),
                Paging.limit(query), Paging.after(query)));
        Paging.announce(exchange, page);
        Json.send(exchange, 200, page.rows().stream().map(SnapshotResource::answer).toList());
    }

    private static Answer answer(NamedSnapshot snapshot) {
        var contents = snapshot.contents();
        return new Answer(
                snapshot.reference(), snapshot.names(), contents.source().value(), contents.taken(), contents.memory(), contents.bytes());
    }
}
