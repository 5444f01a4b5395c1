package dev.caisson.envd;

import dev.caisson.http.Exchange;
import java.time.Instant;

/** The conditional headers of a download, for files that have a time and no tag (RFC 9110 §13.2). */
final class Preconditions {
    private static final int NOT_MODIFIED = 304;
    private static final int FAILED = 412;

    private Preconditions() {}

    /** The status that answers the request at once, or 0 if the file is to be sent. */
    static int check(Exchange exchange, Instant modified) {
        var second = HttpTime.wholeSeconds(modified);
        if (exchange.header("If-Match").isPresent()) {
            if (!exchange.header("If-Match").get().strip().equals("*")) {
                return FAILED;
            }
        } else if (moment(exchange, "If-Unmodified-Since", Instant.MAX).isBefore(second)) {
            return FAILED;
        }
        if (exchange.header("If-None-Match").isPresent()) {
            return exchange.header("If-None-Match").get().strip().equals("*") ? NOT_MODIFIED : 0;
        }
        return moment(exchange, "If-Modified-Since", Instant.MIN).isBefore(second) ? 0 : NOT_MODIFIED;
    }

    /** Whether the parts asked for are of this very file; otherwise it is sent whole. */
    static boolean rangeApplies(Exchange exchange, Instant modified) {
        return exchange.header("If-Range")
                .map(text -> HttpTime.parse(text).filter(HttpTime.wholeSeconds(modified)::equals).isPresent())
                .orElse(true);
    }

    private static Instant moment(Exchange exchange, String header, Instant otherwise) {
        return exchange.header(header).flatMap(HttpTime::parse).orElse(otherwise);
    }
}
