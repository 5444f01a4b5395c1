package dev.caisson.front.rest;

import dev.caisson.base.SandboxTokens;
import dev.caisson.control.Accounts;
import dev.caisson.control.Sandboxes;
import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Router;
import dev.caisson.node.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Every route of the control plane. Safe for use by many threads. */
public final class RestApi {
    /** Routes of the contract that belong to later work: {@code METHOD path}. docs/compatibility.md lists the same. */
    static final List<String> NOT_YET = List.of(
            "GET /sandboxes/metrics", "GET /sandboxes/{id}/metrics", "GET /sandboxes/{id}/logs", "GET /v2/sandboxes/{id}/logs",
            "POST /sandboxes/{id}/pause", "POST /v2/sandboxes/{id}/pause", "POST /sandboxes/{id}/resume",
            "PUT /sandboxes/{id}/network", "POST /sandboxes/{id}/snapshots", "POST /sandboxes/{id}/fork",
            "POST /v2/sandboxes/{id}/fork", "GET /snapshots",
            "POST /v3/templates", "POST /v2/templates", "POST /templates", "POST /templates/{id}",
            "POST /templates/{id}/builds/{build}", "POST /v2/templates/{id}/builds/{build}", "GET /templates/{id}/files/{hash}",
            "GET /templates/{id}/builds/{build}/status", "GET /templates/{id}/builds/{build}/logs", "GET /templates",
            "GET /v2/templates", "GET /templates/{id}", "DELETE /templates/{id}", "PATCH /templates/{id}",
            "PATCH /v2/templates/{id}", "POST /templates/tags", "DELETE /templates/tags", "GET /templates/{id}/tags",
            "GET /templates/aliases/{alias}", "GET /volumes", "POST /volumes", "GET /volumes/{id}", "DELETE /volumes/{id}",
            "GET /secrets", "POST /secrets", "GET /secrets/{id}", "POST /secrets/{id}", "DELETE /secrets/{id}",
            "GET /teams", "GET /teams/{id}/metrics", "GET /teams/{id}/metrics/max", "GET /api-keys", "POST /api-keys",
            "PATCH /api-keys/{id}", "DELETE /api-keys/{id}", "GET /nodes", "GET /nodes/{id}");

    private RestApi() {}

    public static Handler create(Accounts accounts, Sandboxes sandboxes, Node node, SandboxTokens tokens, ServerInfo server) {
        var authentication = new Authentication(accounts);
        var answers = new Answers(tokens);
        var resource = new SandboxResource(sandboxes, answers);
        var status = new StatusResource(server, node, sandboxes, answers);
        var routes = Router.builder()
                .get("/health", RestApi::health)
                .get("/caisson/status", authentication.require(status::get));
        for (var version : List.of("", "/v2")) {
            routes.get(version + "/sandboxes/{id}", authentication.require(resource::get))
                    .delete(version + "/sandboxes/{id}", authentication.require(resource::kill))
                    .post(version + "/sandboxes/{id}/timeout", authentication.require(resource::setTimeout))
                    .post(version + "/sandboxes/{id}/refreshes", authentication.require(resource::refresh))
                    .post(version + "/sandboxes/{id}/connect", authentication.require(resource::connect));
        }
        routes.post("/sandboxes", authentication.require(resource::createOld))
                .post("/v2/sandboxes", authentication.require(resource::create))
                .get("/sandboxes", authentication.require(resource::listOld))
                .get("/v2/sandboxes", authentication.require(resource::list));
        for (var route : NOT_YET) {
            var space = route.indexOf(' ');
            routes.add(route.substring(0, space), route.substring(space + 1), authentication.require((team, exchange, path) -> {
                throw SandboxResource.notYet(route);
            }));
        }
        return routes.build();
    }

    /** {@code contract/rest-api.md} §2: text, not JSON, and 200. */
    private static void health(Exchange exchange, PathParameters path) throws IOException {
        exchange.setHeader("Content-Type", "text/plain; charset=utf-8");
        exchange.send(200, "Health check successful".getBytes(StandardCharsets.UTF_8));
    }
}
