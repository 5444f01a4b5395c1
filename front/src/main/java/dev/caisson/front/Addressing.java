package dev.caisson.front;

import dev.caisson.http.Exchange;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells by header, host name or signature what a request is meant for: {@code contract/rest-api.md} §14 (order), §9.1 (forms).
 * Immutable.
 */
final class Addressing {
    static final int ENVD_PORT = 49983;

    private static final Pattern ID = Pattern.compile("[a-z0-9]+");

    /** Shorter ones are no ids: a server may be reached as {@code 10-0-0-1.example}. */
    private static final int SHORTEST_ID_IN_HOST = 10;

    private static final int LARGEST_PORT = 65535;

    private final SignedFiles signedFiles;

    Addressing(SignedFiles signedFiles) {
        this.signedFiles = signedFiles;
    }

    Route of(Exchange exchange) {
        var id = exchange.header("E2b-Sandbox-Id");
        var port = exchange.header("E2b-Sandbox-Port");
        if (id.isPresent()) {
            return toSandbox(id.get(), port.orElse(Integer.toString(ENVD_PORT)));
        }
        return byHost(exchange.authority())
                .or(() -> port.map(_ -> new Route.Refused("missing header")))
                .or(() -> bySignature(exchange))
                .orElse(new Route.ControlPlane());
    }

    /** {@code PORT-ID[-anything].domain[:port]}. */
    private static Optional<Route> byHost(String authority) {
        int dot = authority.indexOf('.');
        var parts = authority.substring(0, Math.max(0, dot)).split("-", 3);
        if (parts.length < 2 || parts[1].length() < SHORTEST_ID_IN_HOST || !isDigits(parts[0])) {
            return Optional.empty();
        }
        return Optional.of(toSandbox(parts[1], parts[0]));
    }

    private Optional<Route> bySignature(Exchange exchange) {
        if (!exchange.rawPath().equals("/files") || !exchange.rawQuery().contains("signature=")) {
            return Optional.empty();
        }
        // A browser asks first, on behalf of the request that was signed.
        var method = exchange.method().equals("OPTIONS")
                ? exchange.header("Access-Control-Request-Method").orElse("OPTIONS")
                : exchange.method();
        return signedFiles.find(method, exchange.rawPath(), exchange.rawQuery())
                .map(id -> new Route.ToSandbox(id.value(), ENVD_PORT));
    }

    /** @param id bare, or {@code ID-CLIENT} as older servers gave it out */
    private static Route toSandbox(String id, String port) {
        int dash = id.indexOf('-');
        var bare = dash < 0 ? id : id.substring(0, dash);
        if (!ID.matcher(bare).matches()) {
            return new Route.Refused("Invalid sandbox ID");
        }
        if (!isDigits(port) || port.length() > 5 || Integer.parseInt(port) < 1 || Integer.parseInt(port) > LARGEST_PORT) {
            return new Route.Refused("Invalid sandbox port");
        }
        return new Route.ToSandbox(bare, Integer.parseInt(port));
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
