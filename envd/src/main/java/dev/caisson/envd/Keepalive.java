package dev.caisson.envd;

import dev.caisson.http.Exchange;
import java.time.Duration;

/** How long a stream may be silent before it shows that it lives. */
final class Keepalive {
    /** {@code contract/envd.md} §2.3. */
    private static final Duration USUAL = Duration.ofSeconds(90);

    private static final long LONGEST_SECONDS = 3600;

    private Keepalive() {}

    /** What {@code Keepalive-Ping-Interval} asks for in whole seconds, at least one; 90 s where it says nothing sensible. */
    static Duration interval(Exchange exchange) {
        return exchange.header("Keepalive-Ping-Interval").map(Keepalive::parse).orElse(USUAL);
    }

    private static Duration parse(String text) {
        try {
            return Duration.ofSeconds(Math.clamp(Long.parseLong(text.strip()), 1, LONGEST_SECONDS));
        } catch (NumberFormatException e) {
            return USUAL;
        }
    }
}
