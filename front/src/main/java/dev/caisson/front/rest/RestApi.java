package dev.caisson.front.rest;

import dev.caisson.control.SandboxControl;
import dev.caisson.control.SandboxHistory;
import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.HttpException;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Router;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;

/** Every route of the control plane. Safe for use by many threads. */
public final class RestApi {
    /** Routes of the contract that belong to later work: {@code METHOD path}. docs/compatibility.md lists the same. */
    static final List<String> NOT_YET = List.of(
            "PUT /sandboxes/{id}/network",
            "POST /v3/templates", "POST /v2/templates", "POST /v2/templates/{id}/builds/{build}",
            "GET /templates/{id}/files/{hash}", "GET /templates/{id}/builds/{build}/status",
            "GET /templates/{id}/builds/{build}/logs", "POST /templates/tags", "DELETE /templates/tags",
            "GET /templates/{id}/tags/count", "GET /templates/{id}/tags/exists", "GET /templates/{id}/tags/groups",
            "GET /templates/{id}/tags/{tag}/assignments", "GET /default-templates",
            "GET /volumes", "POST /volumes", "GET /volumes/{id}", "DELETE /volumes/{id}",
            "GET /secrets", "POST /secrets", "GET /secrets/{id}", "POST /secrets/{id}", "DELETE /secrets/{id}");

    /** The same for the operator. */
    static final List<String> NOT_YET_FOR_THE_OPERATOR =
            List.of("GET /nodes", "GET /nodes/{id}", "POST /nodes/{id}", "POST /admin/teams/{team}/builds/cancel");

    /** What E2B itself has given up or what needs its logins; never to come. */
    static final List<String> GONE = List.of(
            "POST /templates", "POST /templates/{id}", "POST /templates/{id}/builds/{build}", "POST /access-tokens",
            "DELETE /access-tokens/{id}");

    /** Families of paths that E2B has removed ({@code contract/rest-api.md} §2). */
    private static final Pattern REMOVED = Pattern.compile("/(instances|envs)(/|$)");

    private RestApi() {}

    public static Handler create(RestParts parts) {
        var routes = routes(parts);
        return exchange -> {
            if (REMOVED.matcher(exchange.rawPath()).lookingAt()) {
                throw HttpException.withStatus(410, exchange.rawPath() + " is deprecated and not served; update the SDK or CLI that calls it");
            }
            routes.handle(exchange);
        };
    }

    static Router routes(RestParts parts) {
        var authentication = new Authentication(parts.accounts(), parts.adminToken());
        var routes = Router.builder().get("/health", RestApi::health);
        var answers = new Answers(parts.tokens(), parts.server().domain());
        var control = parts.control();
        addSandboxes(routes, authentication, new SandboxResource(control.sandboxes(), answers));
        addCreation(routes, authentication, new CreateResource(
                control.sandboxes(), answers, new IdempotentAnswers(parts.idempotency())));
        addStates(routes, authentication, control, answers);
        addHistory(routes, authentication, new SandboxHistory(parts.node(), InstantSource.system()));
        addTemplates(routes, authentication, new TemplateResource(parts.templates(), control.snapshots()));
        addAccounts(routes, authentication, new KeyResource(parts.accounts()));
        addAdministration(routes, authentication, new AdminResource(parts.accounts(), control.sandboxes(), parts.limits()));
        var status = new StatusResource(parts.server(), parts.node(), control.sandboxes(), answers);
        routes.get("/caisson/status", authentication.require(status::get));
        addWhatIsNotThere(routes, authentication);
        return routes.build();
    }

    private static void addSandboxes(Router.Builder routes, Authentication authentication, SandboxResource resource) {
        for (var version : List.of("", "/v2")) {
            routes.get(version + "/sandboxes/{id}", authentication.require(resource::get))
                    .delete(version + "/sandboxes/{id}", authentication.require(resource::kill))
                    .post(version + "/sandboxes/{id}/timeout", authentication.require(resource::setTimeout))
                    .post(version + "/sandboxes/{id}/refreshes", authentication.require(resource::refresh));
        }
        routes.get("/sandboxes", authentication.require(resource::listOld))
                .get("/v2/sandboxes", authentication.require(resource::list));
    }

    private static void addStates(Router.Builder routes, Authentication authentication, SandboxControl control, Answers answers) {
        var pauses = new PauseResource(control.paused(), answers);
        var forks = new ForkResource(control, answers);
        for (var version : List.of("", "/v2")) {
            routes.post(version + "/sandboxes/{id}/pause", authentication.require(pauses::pause))
                    .post(version + "/sandboxes/{id}/fork", authentication.require(forks::fork));
        }
        var snapshots = new SnapshotResource(control.snapshots());
        var checkpoints = new CheckpointResource(control.checkpoints(), answers);
        routes.post("/sandboxes/{id}/connect", authentication.require(pauses::connectOld))
                .post("/v2/sandboxes/{id}/connect", authentication.require(pauses::connect))
                .post("/sandboxes/{id}/resume", authentication.require(pauses::resume))
                .post("/sandboxes/{id}/snapshots", authentication.require(snapshots::take))
                .get("/snapshots", authentication.require(snapshots::list))
                .post("/sandboxes/{id}/checkpoints", authentication.require(checkpoints::take))
                .get("/sandboxes/{id}/checkpoints", authentication.require(checkpoints::list))
                .post("/sandboxes/{id}/checkpoints/{checkpoint}/rollback", authentication.require(checkpoints::rollBack))
                .get("/sandboxes/{id}/checkpoints/{checkpoint}/diff", authentication.require(checkpoints::diff))
                .delete("/sandboxes/{id}/checkpoints/{checkpoint}", authentication.require(checkpoints::delete));
    }

    private static void addCreation(Router.Builder routes, Authentication authentication, CreateResource resource) {
        routes.post("/sandboxes", authentication.require(resource::createOld))
                .post("/v2/sandboxes", authentication.require(resource::create));
    }

    private static void addTemplates(Router.Builder routes, Authentication authentication, TemplateResource resource) {
        routes.get("/templates", authentication.require(resource::listOld))
                .get("/v2/templates", authentication.require(resource::list))
                .get("/templates/{id}", authentication.require(resource::get))
                .delete("/templates/{id}", authentication.require(resource::delete))
                .patch("/templates/{id}", authentication.require(resource::update))
                .patch("/v2/templates/{id}", authentication.require(resource::update))
                .get("/templates/{id}/tags", authentication.require(resource::tags))
                .get("/templates/aliases/{alias}", authentication.require(resource::alias));
    }

    private static void addAccounts(Router.Builder routes, Authentication authentication, KeyResource resource) {
        routes.get("/teams", authentication.requireAsker(resource::teams))
                .get("/api-keys", authentication.require(resource::list))
                .post("/api-keys", authentication.require(resource::create))
                .patch("/api-keys/{id}", authentication.require(resource::rename))
                .delete("/api-keys/{id}", authentication.requireAsker(resource::revoke));
    }

    private static void addAdministration(Router.Builder routes, Authentication authentication, AdminResource resource) {
        routes.get("/caisson/teams", authentication.requireAdmin(resource::listTeams))
                .post("/caisson/teams", authentication.requireAdmin(resource::createTeam))
                .post("/admin/teams/{team}/api-keys", authentication.requireAdmin(resource::createKey))
                .delete("/admin/teams/{team}/api-keys/{id}", authentication.requireAdmin(resource::revokeKey))
                .post("/admin/teams/{team}/sandboxes/kill", authentication.requireAdmin(resource::killSandboxes))
                .get("/admin/sandboxes/running-counts", authentication.requireAdmin(resource::runningCounts));
    }

    private static void addWhatIsNotThere(Router.Builder routes, Authentication authentication) {
        for (var route : NOT_YET) {
            add(routes, route, authentication.require((team, exchange, path) -> {
                throw SandboxResource.notYet(route);
            }));
        }
        for (var route : GONE) {
            add(routes, route, authentication.require((team, exchange, path) -> {
                throw HttpException.withStatus(410, route + " is deprecated and not served; update the SDK or CLI that calls it");
            }));
        }
        for (var route : NOT_YET_FOR_THE_OPERATOR) {
            add(routes, route, authentication.requireAdmin((exchange, path) -> {
                throw SandboxResource.notYet(route);
            }));
        }
    }

    private static void add(Router.Builder routes, String route, Router.Route handler) {
        var space = route.indexOf(' ');
        routes.add(route.substring(0, space), route.substring(space + 1), handler);
    }

    private static void addHistory(Router.Builder routes, Authentication authentication, SandboxHistory history) {
        var metrics = new MetricsResource(history);
        var logs = new LogsResource(history);
        routes.get("/sandboxes/metrics", authentication.require(metrics::ofSandboxes))
                .get("/sandboxes/{id}/metrics", authentication.require(metrics::ofSandbox))
                .get("/teams/{id}/metrics", authentication.require(metrics::ofTeam))
                .get("/teams/{id}/metrics/max", authentication.require(metrics::highestOfTeam))
                .get("/sandboxes/{id}/logs", authentication.require(logs::old))
                .get("/v2/sandboxes/{id}/logs", authentication.require(logs::get));
    }

    /** {@code contract/rest-api.md} §2: text, not JSON, and 200. */
    private static void health(Exchange exchange, PathParameters path) throws IOException {
        exchange.setHeader("Content-Type", "text/plain; charset=utf-8");
        exchange.send(200, "Health check successful".getBytes(StandardCharsets.UTF_8));
    }
}
