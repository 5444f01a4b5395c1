package dev.caisson.app.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A moment as people write it: {@code 90s}, {@code 10m}, {@code 2h} or {@code 3d} ago, or a date with a time. */
record Since(Instant moment) {
    private static final Pattern AGO = Pattern.compile("([0-9]{1,9})([smhd])");

    static Since parse(String text, InstantSource clock) {
        var ago = AGO.matcher(text);
        if (ago.matches()) {
            return new Since(clock.instant().minus(span(Long.parseLong(ago.group(1)), ago.group(2))));
        }
        try {
            return new Since(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text + "' is neither like 90s, 10m, 2h or 3d nor like 2026-01-31T12:00:00Z");
        }
    }

    private static Duration span(long count, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** What the server is asked for: nothing is older than the epoch. */
    Instant asked() {
        return moment.isBefore(Instant.EPOCH) ? Instant.EPOCH : moment;
    }

    /** For options. */
    static final class Converter implements ITypeConverter<Since> {
        @Override
        public Since convert(String text) {
            return parse(text, InstantSource.system());
        }
    }
}
