package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemandTest {
    @Test
    void atRestTheRestingNumberIsWanted() {
        assertThat(new Demand(Duration.ofHours(1), 8).target(0)).isEqualTo(8);
    }

    @Test
    void claimsLatelyAreAddedUpToABound() {
        var demand = new Demand(Duration.ofHours(1), 8);
        assertThat(demand.target(5)).isEqualTo(13);
        assertThat(demand.target(1_000_000)).isEqualTo(40);
    }

    @Test
    void claimsOfLongAgoAreForgotten() {
        var demand = new Demand(Duration.ofNanos(1), 8);
        demand.target(1000);
        demand.target(1000);
        assertThat(demand.target(1000)).isEqualTo(8);
    }
}
