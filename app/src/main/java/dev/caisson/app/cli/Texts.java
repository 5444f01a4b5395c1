package dev.caisson.app.cli;

import java.time.Duration;
import java.util.stream.Collectors;

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

    /** {@code 812K}, {@code 64M}, {@code 1.5G}; the unit is 1024 times the one before. */
    static String size(long bytes) {
        if (bytes < 1 << 20) {
            return (bytes >> 10) + "K";
        }
        if (bytes < 1 << 30) {
            return (bytes >> 20) + "M";
        }
        return "%.1fG".formatted(bytes / (double) (1 << 30));
    }

    /** Text from a sandbox, which is not to move a terminal's cursor or break a line. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\x80-\\x9f]+", " ");
    }

    /** The same, of a text whose lines stay. */
    static String printableLines(String text) {
        return text.lines().map(Texts::printable).collect(Collectors.joining("\n"));
    }
}
