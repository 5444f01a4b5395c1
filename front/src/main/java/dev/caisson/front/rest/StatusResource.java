package dev.caisson.front.rest;

import dev.caisson.control.Sandboxes;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import dev.caisson.node.Node;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** {@code GET /caisson/status}: what {@code caisson status} shows. Caisson's own, not part of E2B's wire. */
final class StatusResource {
    /** So many of the last ends are told. */
    private static final int ENDS = 10;

    private final ServerInfo server;
    private final Node node;
    private final Sandboxes sandboxes;
    private final Answers answers;

    StatusResource(ServerInfo server, Node node, Sandboxes sandboxes, Answers answers) {
        this.server = server;
        this.node = node;
        this.sandboxes = sandboxes;
        this.answers = answers;
    }

    record Status(
            boolean running,
            long pid,
            String version,
            String url,
            String engine,
            String isolation,
            List<Answers.Row> sandboxes,
            int paused,
            Ready standbys,
            List<End> ended,
            Repair repair) {}

    /** Sandboxes that wait to be claimed, on the whole machine. */
    record Ready(int ready, int making, int target, int most) {}

    record End(String sandboxID, Instant at, String cause, String detail) {}

    record Repair(Instant at, int adopted, List<String> repaired) {}

    void get(Team team, Exchange exchange, PathParameters path) throws IOException {
        var mine = sandboxes.list(team, SandboxQueries.old(Query.parse(""))).rows();
        var paused = sandboxes.list(team, SandboxQueries.paged(Query.parse("state=paused&limit=1"))).total();
        var ended = node.ended().stream()
                .filter(end -> end.owner().equals(team.id()))
                .limit(ENDS)
                .map(end -> new End(end.id().value(), end.when(), end.cause().name().toLowerCase(java.util.Locale.ROOT), end.detail()))
                .toList();
        var standbys = node.standbys();
        var report = node.repairReport();
        Json.send(exchange, 200, new Status(
                true, server.pid(), server.version(), server.url(), server.engine(), server.isolation(),
                mine.stream().map(answers::row).toList(), paused,
                new Ready(standbys.ready(), standbys.making(), standbys.target(), standbys.most()), ended, new Repair(report.when(), report.adopted(), report.repaired())));
    }
}
