package dev.caisson.envd;

import dev.caisson.base.Category;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.guest.GuestException;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.Query;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What envd answers beside calls ({@code contract/envd.md} §3). Safe for use by many threads. */
final class RestRoutes {
    /** The platform's own limit is 100 ms; a guest that computes on all its processors may need longer and is healthy. */
    private static final Duration PING_PATIENCE = Duration.ofSeconds(1);

    private final Access access;
    private final Metrics metrics;

    RestRoutes(Access access, Metrics metrics) {
        this.access = access;
        this.metrics = metrics;
    }

    void handle(Caller caller, Exchange exchange) throws IOException {
        switch (exchange.rawPath()) {
            case "/health" -> get(caller, exchange, () -> health(caller, exchange));
            case "/metrics" -> get(caller, exchange, () -> metrics(caller, exchange));
            case "/envs" -> get(caller, exchange, () -> Json.send(exchange, 200, caller.agent().environment()));
            case "/files" -> files(caller, exchange);
            case "/files/compose" -> compose(caller, exchange);
            default -> throw HttpException.withStatus(404, "envd has no path " + exchange.rawPath());
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void get(Caller caller, Exchange exchange, Work work) throws IOException {
        allow(exchange, "GET");
        if (isKnownUser(caller, exchange)) {
            work.run();
        }
    }

    private void files(Caller caller, Exchange exchange) throws IOException {
        allow(exchange, "GET", "POST");
        if (!isKnownUser(caller, exchange)) {
            return;
        }
        var query = Query.of(exchange);
        access.checkFiles(caller.sandbox(), exchange, query);
        var request = FileRequest.of(caller, exchange, query);
        if (exchange.method().equals("GET")) {
            new FileDownload(request).answer();
        } else {
            new FileUpload(request).answer();
        }
    }

    private static void compose(Caller caller, Exchange exchange) throws IOException {
        allow(exchange, "POST");
        if (isKnownUser(caller, exchange)) {
            new FileCompose(caller.agent(), exchange).answer();
        }
    }

    /**
     * A sandbox whose agent cannot be reached is gone, or as good as gone: that is what clients ask here after a failure, and
     * they look at the words ({@code contract/rest-api.md} §9.2, §15.6).
     */
    private static void health(Caller caller, Exchange exchange) throws IOException {
        try {
            caller.agent().ping(PING_PATIENCE);
        } catch (GuestException e) {
            if (e.category() == Category.UNAVAILABLE) {
                var body = new LinkedHashMap<String, Object>();
                body.put("sandboxId", caller.sandbox().id().value());
                body.put("message", "The sandbox was not found");
                body.put("code", 502);
                Json.send(exchange, 502, body);
                return;
            }
        }
        exchange.setHeader("Cache-Control", "no-store");
        Json.sendNothing(exchange);
    }

    private void metrics(Caller caller, Exchange exchange) throws IOException {
        exchange.setHeader("Cache-Control", "no-store");
        Json.send(exchange, 200, metrics.of(caller.sandbox(), caller.agent().stats()));
    }

    /** An unknown Basic user fails every route, in the words of a call's error ({@code contract/envd.md} §1.1, §2.3.1). */
    private static boolean isKnownUser(Caller caller, Exchange exchange) throws IOException {
        try {
            caller.requireKnownUser();
            return true;
        } catch (GuestException e) {
            if (e.category() != Category.UNAUTHENTICATED) {
                throw e;
            }
            exchange.setHeader("Content-Type", "application/json");
            exchange.send(401, Json.bytes(Map.of(
                    "code", ConnectCode.UNAUTHENTICATED.wireName(), "message", String.valueOf(e.getMessage()))));
            return false;
        }
    }

    private static void allow(Exchange exchange, String... methods) {
        if (!List.of(methods).contains(exchange.method())) {
            exchange.setHeader("Allow", String.join(", ", methods));
            throw HttpException.withStatus(405, exchange.method() + " is not allowed on " + exchange.rawPath());
        }
    }
}
