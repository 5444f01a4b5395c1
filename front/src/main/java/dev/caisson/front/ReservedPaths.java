package dev.caisson.front;

import dev.caisson.http.Cors;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PercentCoding;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Set;

/** Paths of envd that only the control plane uses; from outside they are 404, any method ({@code contract/rest-api.md} §9.4). */
final class ReservedPaths {
    private static final Set<String> PATHS =
            Set.of("/init", "/freeze", "/unfreeze", "/collapse", "/fsfreeze", "/fsthaw", "/upgrade");

    private ReservedPaths() {}

    /** Whether the path leads to a reserved one, however it is written. */
    static boolean contain(String rawPath) {
        try {
            return PATHS.contains(clean(PercentCoding.decode(rawPath)));
        } catch (HttpException e) {
            // A path that does not decode leads nowhere, and whoever handles it says so.
            return false;
        }
    }

    /** Also for scripts of any origin, as whatever else is answered on this port. */
    static void refuse(Exchange exchange) throws IOException {
        Cors.envd().around(ReservedPaths::answer).handle(exchange);
    }

    private static void answer(Exchange exchange) throws IOException {
        var body = new LinkedHashMap<String, Object>();
        body.put("message", "This path is reserved for the control plane");
        body.put("path", exchange.rawPath());
        body.put("code", 404);
        Json.send(exchange, 404, body);
    }

    /** Without empty segments, {@code .} and {@code ..}. */
    private static String clean(String path) {
        var segments = new ArrayDeque<String>();
        for (var segment : path.split("/", -1)) {
            switch (segment) {
                case "", "." -> { }
                case ".." -> segments.pollLast();
                default -> segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments);
    }
}
