package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GvisorConfigTest {
    private static final long GIB = 1L << 30;

    @Test
    void theDefaultsArePinned() {
        assertThat(GvisorConfig.standard(64 * GIB)).isEqualTo(new GvisorConfig(
                16L << 20, 512L << 20, OptionalLong.of(60 * GIB), 2 * Runtime.getRuntime().availableProcessors(),
                Duration.ofSeconds(20)));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "16, 15", "32, 30", "256, 240"})
    void theMachineKeepsASixteenthAndAtLeastOneGibibyte(long machine, long all) {
        assertThat(GvisorConfig.standard(machine * GIB).memoryOfAllBytes()).hasValue(all * GIB);
    }

    @Test
    void thisMachineKeepsSomeMemory() {
        assertThat(GvisorConfig.standard().memoryOfAllBytes().orElseThrow()).isGreaterThanOrEqualTo(GIB);
    }
}
