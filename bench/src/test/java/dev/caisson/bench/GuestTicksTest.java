package dev.caisson.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuestTicksTest {
    private final List<String> commands = new ArrayList<>();

    @Test
    void theLargestGapOfWhichAPartLiesBetweenTheMomentsCounts() throws Exception {
        // By the guest's clock: 90 ms before the moments, then 1, 40, 2, then 70 after them.
        try (var ticks = printing("0 0", "90000000 90000000", "91000000 91000000", "131000000 131000000", "133000000 133000000", "203000000 203000000")) {
            assertThat(ticks.largestGap(millis(91), millis(132))).isEqualTo(40.0);
        }
    }

    @Test
    void aStopThatLastsFromBeforeTheMomentsToAfterThemCounts() throws Exception {
        try (var ticks = printing("0 0", "500000000 500000000")) {
            assertThat(ticks.largestGap(millis(100), millis(200))).isEqualTo(500.0);
        }
    }

    @Test
    void theGapIsTheMonotonicClocksThoughTheWallClockWasSet() throws Exception {
        try (var ticks = printing("1000000 1000000", "3500000 900000000", "4500000 901000000")) {
            assertThat(ticks.largestGap(millis(500), millis(900))).isEqualTo(2.5);
        }
    }

    @Test
    void whatWasSeenBeforeIsRememberedForTheNextQuestion() throws Exception {
        try (var ticks = printing("0 0", "10000000 10000000", "30000000 30000000")) {
            assertThat(ticks.largestGap(millis(1), millis(5))).isEqualTo(10.0);
            assertThat(ticks.largestGap(millis(20), millis(25))).isEqualTo(20.0);
        }
    }

    @Test
    void closingTellsTheProcessToEnd() throws Exception {
        printing().close();
        assertThat(commands).containsExactly("/bin/touch /tmp/caisson-bench-end");
    }

    @Test
    void otherLinesAreRefused() {
        assertThatThrownBy(() -> GuestTicks.Tick.of("1")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'1'");
        assertThatThrownBy(() -> GuestTicks.Tick.of("1 x")).isInstanceOf(IllegalArgumentException.class);
    }

    private GuestTicks printing(String... lines) {
        return new GuestTicks(
                (line, command) -> List.of(lines).forEach(line),
                command -> commands.add(String.join(" ", command)));
    }

    private static Instant millis(long count) {
        return Instant.ofEpochMilli(count);
    }
}
