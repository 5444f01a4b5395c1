package dev.caisson.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void whatTakesLongIsMeasuredLessOftenButAtLeastOnce() {
        assertThat(Rounds.tenth(50)).isEqualTo(5);
        assertThat(Rounds.tenth(1)).isEqualTo(1);
        assertThat(Rounds.half(50)).isEqualTo(25);
        assertThat(Rounds.half(1)).isEqualTo(1);
    }
}
