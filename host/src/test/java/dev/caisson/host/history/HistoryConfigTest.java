package dev.caisson.host.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistoryConfigTest {
    @Test
    void theDefaults() {
        assertThat(HistoryConfig.defaults()).isEqualTo(new HistoryConfig(
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofDays(7),
                Duration.ofDays(90),
                536_870_912,
                new HistoryConfig.Logs(2_097_152, 500, 2000, 4_194_304),
                new HistoryConfig.Sweeping(Duration.ofMinutes(10), 20_000, 2_147_483_648L, 1000)));
    }
}
