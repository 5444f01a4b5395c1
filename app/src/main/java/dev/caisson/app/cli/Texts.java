package dev.caisson.app.cli;

import java.time.Duration;

/** Values as people read them. */
final class Texts {
    private Texts() {}

    /** {@code 2h03m}, {@code 4m10s}, {@code 9s}; what has passed is {@code 0s}. */
    static String span(Duration span) {
        if (span.isNegative()) {
            return "0s";
        }
        if (span.toHours() > 0) {
            return "%dh%02dm".formatted(span.toHours(), span.toMinutesPart());
        }
        return span.toMinutes() > 0 ? "%dm%02ds".formatted(span.toMinutes(), span.toSecondsPart()) : span.toSeconds() + "s";
    }
}
