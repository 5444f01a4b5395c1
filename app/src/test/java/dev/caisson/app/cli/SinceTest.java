package dev.caisson.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SinceTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-01-31T12:00:00Z"));

    @ParameterizedTest
    @CsvSource({
        "90s, 2026-01-31T11:58:30Z", "10m, 2026-01-31T11:50:00Z", "2h, 2026-01-31T10:00:00Z", "3d, 2026-01-28T12:00:00Z",
        "2026-01-01T00:00:00+01:00, 2025-12-31T23:00:00Z", "999999999d, 1970-01-01T00:00:00Z"
    })
    void aMomentIsWrittenAsPeopleDo(String text, Instant expected) {
        assertThat(Since.parse(text, NOON).asked()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "m", "-1m", "1.5h", "1w", "2026-01-01", "9999999999s"})
    void whatIsNoMomentIsRefused(String text) {
        assertThatThrownBy(() -> Since.parse(text, NOON)).isInstanceOf(TypeConversionException.class);
    }
}
