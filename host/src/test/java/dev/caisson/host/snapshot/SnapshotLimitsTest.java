package dev.caisson.host.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SnapshotLimitsTest {
    @Test
    void theDefaultsArePinned() {
        assertThat(SnapshotLimits.defaults()).isEqualTo(new SnapshotLimits(0.5, 2L << 30, 100));
    }
}
