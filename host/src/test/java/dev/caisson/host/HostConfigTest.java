package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.host.standby.StandbyConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostConfigTest {
    @Test
    void theDefaultsArePinned() {
        var processors = Runtime.getRuntime().availableProcessors();

        assertThat(HostConfig.defaults()).isEqualTo(new HostConfig(
                1000,
                2L << 30,
                2 * processors,
                16,
                4096,
                1000,
                new HostConfig.Patience(
                        Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofMillis(900),
                        Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(1)),
                new HostConfig.Watching(Duration.ofSeconds(10), Duration.ofSeconds(9), 64, Duration.ofSeconds(1)),
                HostConfig.Admission.standard(MachineLoad.ofThisMachine().memoryTotal()),
                StandbyConfig.off(),
                new HostConfig.Saves(
                        Duration.ofSeconds(9), Duration.ofSeconds(10), 64L << 20, Duration.ofMinutes(10), Duration.ofSeconds(60))));
    }

    @Test
    void aMachineKeepsASixteenthAndOneGibibyteAtLeast() {
        assertThat(HostConfig.Admission.standard(64L << 30)).isEqualTo(new HostConfig.Admission(4L << 30, 8, 64L << 20, 90));
        assertThat(HostConfig.Admission.standard(8L << 30).reserveBytes()).isEqualTo(1L << 30);
    }

    @Test
    void aNewSandboxIsExpectedToUseAnEighthOfItsMemoryAndNeverNextToNothing() {
        var admission = HostConfig.Admission.standard(8L << 30);

        assertThat(admission.expected(4L << 30, 0)).isEqualTo(512L << 20);
        assertThat(admission.expected(128L << 20, 0)).isEqualTo(64L << 20);
    }

    @Test
    void oneThatGoesOnFromASavedMemoryNeedsRoomForThat() {
        var admission = HostConfig.Admission.standard(8L << 30);

        assertThat(admission.expected(1L << 30, 700L << 20)).isEqualTo(764L << 20);
        assertThat(admission.expected(4L << 30, 1L << 20)).isEqualTo(512L << 20);
    }

    @Test
    void aHungAgentIsNoticedWithinThirtySeconds() {
        var watching = HostConfig.defaults().watching();

        var worst = watching.pingEvery().multipliedBy(11).dividedBy(10).plus(watching.pingDeadline().multipliedBy(2));
        assertThat(worst).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void aKillAnswersWithinASecond() {
        assertThat(HostConfig.defaults().patience().kill()).isLessThan(Duration.ofSeconds(1));
    }
}
