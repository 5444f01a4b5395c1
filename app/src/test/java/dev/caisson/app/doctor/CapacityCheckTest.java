package dev.caisson.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.host.HostConfig;
import org.junit.jupiter.api.Test;

class CapacityCheckTest {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    /** 1 GiB is the machine's own, and the last to start is expected to use 128 MiB. */
    private static final HostConfig.Admission SMALL = HostConfig.Admission.standard(4 * GIB);

    @Test
    void idleOnesFitUntilTheServerRefusesTheNext() {
        assertThat(CapacityCheck.idle(GIB + 127 * MIB, SMALL)).isZero();
        assertThat(CapacityCheck.idle(GIB + 128 * MIB, SMALL)).isEqualTo(1);
        assertThat(CapacityCheck.idle(GIB + 128 * MIB + 20 * MIB, SMALL)).isEqualTo(2);
        assertThat(CapacityCheck.idle(3 * GIB, SMALL)).isEqualTo(97);
    }

    @Test
    void whatIsTheMachinesOwnIsNotForSandboxesThatUseAllTheirMemory() {
        assertThat(CapacityCheck.full(GIB / 2, SMALL)).isZero();
        assertThat(CapacityCheck.full(GIB + 1088 * MIB, SMALL)).isEqualTo(1);
        assertThat(CapacityCheck.full(24 * GIB, HostConfig.Admission.standard(24 * GIB))).isEqualTo(21);
    }
}
