package dev.caisson.envd;

import dev.caisson.http.Exchange;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a download may be coded, after {@code Accept-Encoding}.
 *
 * <p>Clients that list gzip among others get the file as it is: every JavaScript client does so unasked, and packing costs more
 * than the link does. Gzip is for those that ask for nothing else, rank it above identity, or refuse identity; a part of a file
 * is never packed ({@code contract/envd.md} §3.4.4, where both are legal).
 */
enum AcceptedCoding {
    IDENTITY,
    GZIP,
    NONE;

    static AcceptedCoding of(Exchange exchange) {
        var weights = weights(String.join(",", exchange.headers("Accept-Encoding")));
        var gzip = weights.getOrDefault("gzip", weights.getOrDefault("*", 0.0));
        var refused = weights.getOrDefault("identity", weights.getOrDefault("*", 1.0)) == 0;
        if (isPartial(exchange)) {
            return refused ? NONE : IDENTITY;
        }
        if (refused) {
            return gzip > 0 ? GZIP : NONE;
        }
        var only = weights.keySet().equals(java.util.Set.of("gzip"));
        var ranked = weights.containsKey("identity") && gzip > weights.get("identity");
        return gzip > 0 && (only || ranked) ? GZIP : IDENTITY;
    }

    private static boolean isPartial(Exchange exchange) {
        return exchange.header("Range").isPresent()
                || exchange.header("If-Range").isPresent()
                || exchange.header("If-Modified-Since").isPresent()
                || exchange.header("If-None-Match").isPresent();
    }

    private static Map<String, Double> weights(String header) {
        var weights = new HashMap<String, Double>();
        for (var element : header.split(",", -1)) {
            var pieces = element.split(";", -1);
            var coding = pieces[0].strip().toLowerCase(Locale.ROOT);
            if (!coding.isEmpty()) {
                weights.put(coding, weight(pieces).orElse(1.0));
            }
        }
        return weights;
    }

    private static Optional<Double> weight(String[] pieces) {
        for (var i = 1; i < pieces.length; i++) {
            var piece = pieces[i].strip().toLowerCase(Locale.ROOT);
            if (piece.startsWith("q=")) {
                try {
                    return Optional.of(Double.valueOf(piece.substring(2).strip()));
                } catch (NumberFormatException e) {
                    return Optional.of(0.0);
                }
            }
        }
        return Optional.empty();
    }
}
