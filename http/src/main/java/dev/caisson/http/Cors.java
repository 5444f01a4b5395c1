package dev.caisson.http;

import java.io.IOException;
import java.util.List;

/**
 * Cross-origin rules: any origin, no credentials, whichever request headers the browser asks for.
 *
 * @param exposed answer headers that scripts may read
 */
public record Cors(List<String> exposed) {
    private static final String MAX_AGE_SECONDS = "7200";
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";

    public Cors {
        exposed = List.copyOf(exposed);
    }

    /** What the control plane exposes: {@code contract/rest-api.md} §2, and {@code Should-Retry} by §15.2. */
    public static Cors controlPlane() {
        return new Cors(List.of("X-Next-Token", "X-Total-Running", "RateLimit-Limit", "RateLimit-Remaining",
                "RateLimit-Reset", "Retry-After", "Should-Retry"));
    }

    /** What the edge exposes of answers of its own for what a sandbox does not answer. */
    public static Cors edge() {
        return new Cors(List.of("Should-Retry", "Retry-After"));
    }

    /** What envd exposes: {@code contract/envd.md} §1.8. */
    public static Cors envd() {
        return new Cors(List.of("Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin", "Location", "Cache-Control",
                "X-Content-Type-Options"));
    }

    /** Answers preflights, and adds the headers to what {@code inner} answers, errors included. */
    public Handler around(Handler inner) {
        return exchange -> {
            if (isPreflight(exchange)) {
                answerPreflight(exchange);
                return;
            }
            exchange.addHeader("Vary", "Origin");
            if (exchange.header("Origin").isPresent()) {
                exchange.setHeader("Access-Control-Allow-Origin", "*");
                exchange.setHeader("Access-Control-Expose-Headers", String.join(", ", exposed));
            }
            inner.handle(exchange);
        };
    }

    private static boolean isPreflight(Exchange exchange) {
        return exchange.method().equals("OPTIONS")
                && exchange.header("Access-Control-Request-Method").isPresent();
    }

    private static void answerPreflight(Exchange exchange) throws IOException {
        exchange.setHeader("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
        exchange.setHeader("Access-Control-Allow-Origin", "*");
        exchange.setHeader("Access-Control-Allow-Methods",
                exchange.header("Access-Control-Request-Method").orElse(METHODS));
        exchange.header("Access-Control-Request-Headers")
                .ifPresent(asked -> exchange.setHeader("Access-Control-Allow-Headers", asked));
        exchange.setHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
        exchange.send(204, new byte[0]);
    }
}
