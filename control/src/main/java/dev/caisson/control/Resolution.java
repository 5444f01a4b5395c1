package dev.caisson.control;

import java.time.Duration;

/** How far apart the samples of a span of time are that clients are given ({@code contract/rest-api.md} §10.1). */
enum Resolution {
    HOUR(Duration.ofHours(1), Duration.ofSeconds(5)),
    QUARTER_DAY(Duration.ofHours(6), Duration.ofSeconds(30)),
    HALF_DAY(Duration.ofHours(12), Duration.ofMinutes(1)),
    DAY(Duration.ofDays(1), Duration.ofMinutes(2)),
    WEEK(Duration.ofDays(7), Duration.ofMinutes(5)),
    LONGER(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofMinutes(15));

    private final Duration shorterThan;
    private final Duration step;

    Resolution(Duration shorterThan, Duration step) {
        this.shorterThan = shorterThan;
        this.step = step;
    }

    static Duration step(Duration span) {
        for (var resolution : values()) {
            if (span.compareTo(resolution.shorterThan) < 0) {
                return resolution.step;
            }
        }
        return LONGER.step;
    }
}
