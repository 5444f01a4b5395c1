package dev.caisson.front.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxTokens;
import dev.caisson.base.Seal;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.control.Accounts;
import dev.caisson.control.Idempotency;
import dev.caisson.control.NewTeam;
import dev.caisson.control.SandboxControl;
import dev.caisson.control.Team;
import dev.caisson.control.TemplateUses;
import dev.caisson.control.Templates;
import dev.caisson.control.store.SqlAccountStore;
import dev.caisson.control.store.SqlIdempotencyStore;
import dev.caisson.control.store.SqlSnapshotStore;
import dev.caisson.control.store.SqlTemplateUseStore;
import dev.caisson.control.store.SqliteDatabase;
import dev.caisson.http.Handler;
import dev.caisson.http.Json;
import dev.caisson.http.Router;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.testing.FakeNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A whole control plane over a real database and a node in memory, with two teams that have a key each. */
final class ControlPlane implements AutoCloseable {
    static final String ADMIN_TOKEN = "ad".repeat(32);

    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    final FakeNode node = new FakeNode(clock);
    final Team team;
    final Team otherTeam;
    final Accounts.NewKey key;
    final Accounts.NewKey otherKey;
    final Accounts accounts;
    final SqlIdempotencyStore idempotencyStore;
    final Handler api;
    final Router routes;
    private final SqliteDatabase database;

    ControlPlane(Path folder) {
        this(folder, "");
    }

    /** @param domain as {@link ServerInfo#domain} */
    ControlPlane(Path folder, String domain) {
        database = SqliteDatabase.open(folder.resolve("control.db"));
        idempotencyStore = new SqlIdempotencyStore(database);
        accounts = new Accounts(new SqlAccountStore(database), InstantSource.system());
        team = accounts.defaultTeam(3, Duration.ofHours(1));
        otherTeam = accounts.teams().stream().skip(1).findFirst()
                .orElseGet(() -> accounts.createTeam(new NewTeam("Other", Optional.empty(), 3, Duration.ofHours(1))));
        key = accounts.createKey(team, "test");
        otherKey = accounts.createKey(otherTeam, "test");
        var parts = parts(database, domain);
        api = RestApi.create(parts);
        routes = RestApi.routes(parts);
    }

    private RestParts parts(SqliteDatabase kept, String domain) {
        var templates = new Templates(node, new TemplateUses(new SqlTemplateUseStore(kept), clock));
        return new RestParts(
                accounts, SandboxControl.of(node, templates, new SqlSnapshotStore(kept), clock), templates,
                new Idempotency(idempotencyStore, new Seal(new byte[32], "test"), clock), node, new SandboxTokens(new byte[32]),
                new ServerInfo(1, "1", "http://127.0.0.1:1", domain, "fake 1", "none"), ADMIN_TOKEN, new TeamLimits(3, Duration.ofHours(1)));
    }

    /** Calls with the first team's key. */
    FakeExchange call(String method, String target, String body, int expected) {
        return answered(request(method, target, body), expected);
    }

    /** Calls as the operator. */
    FakeExchange admin(String method, String target, String body, int expected) {
        return answered(FakeExchange.request(method, target).header("X-Admin-Token", ADMIN_TOKEN).body(body), expected);
    }

    /** A request with the first team's key, to be sent by {@link #answered}. */
    FakeExchange request(String method, String target, String body) {
        return FakeExchange.request(method, target).header("X-API-Key", key.key().text()).body(body);
    }

    FakeExchange answered(FakeExchange exchange, int expected) {
        exchange.handledBy(api);
        assertThat(exchange.status())
                .as("%s %s: %s", exchange.method(), exchange.rawPath(), exchange.answerText())
                .isEqualTo(expected);
        return exchange;
    }

    String create(String metadata) {
        return json(call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"metadata\":" + metadata + "}", 201))
                .path("sandboxID")
                .asString();
    }

    static JsonNode json(FakeExchange exchange) {
        return Json.parse(exchange.answerText().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }

    static String message(FakeExchange exchange) {
        return json(exchange).path("message").asString();
    }

    @Override
    public void close() {
        database.close();
    }
}
