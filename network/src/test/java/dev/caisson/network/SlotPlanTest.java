package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SlotPlanTest {
    private final SlotPlan plan = new SlotPlan("caisson", "10.111");

    @Test
    void namesAndAddressesFollowFromTheNumber() {
        assertThat(plan.device(7)).isEqualTo("caisson-7");
        assertThat(plan.namespace(7)).isEqualTo(Path.of("/run/netns/caisson-7"));
        assertThat(plan.address(1)).isEqualTo("10.111.0.1");
        assertThat(plan.address(256)).isEqualTo("10.111.1.0");
        assertThat(plan.slot(300, 9)).isEqualTo(new Slot(300, Path.of("/run/netns/caisson-300"), plan.slot(300, 1).address(), 9));
    }

    @Test
    void theLongestNameFitsAnInterface() {
        // IFNAMSIZ is 16 with the terminating zero.
        assertThat(new SlotPlan("abcdefgh", "10.1").device(SlotPlan.HIGHEST)).hasSizeLessThanOrEqualTo(15);
    }

    @Test
    void theHighestSlotDoesNotMeetTheHostsEnd() {
        assertThat(plan.address(SlotPlan.HIGHEST)).isEqualTo("10.111.253.255");
        assertThat(plan.hostAddress()).isEqualTo("10.111.255.254");
    }

    @Test
    void numbersAreReadFromOwnNamesOnly() {
        assertThat(plan.numberOf("caisson-12")).hasValue(12);
        for (var foreign : new String[] {"caisson", "caisson-", "caisson-0", "caisson-01", "caisson-x", "caisson-1x", "caissonx-1", "docker0", "caisson-123456"}) {
            assertThat(plan.numberOf(foreign)).as(foreign).isEmpty();
        }
    }

    @Test
    void numericAddressesAreInTheRange() {
        assertThat(plan.numericAddress(300)).isEqualTo(10 << 24 | 111 << 16 | 1 << 8 | 44);
        assertThat(plan.isInRange(plan.numericAddress(300))).isTrue();
        assertThat(plan.isInRange(10 << 24 | 112 << 16 | 1)).isFalse();
        assertThat(new SlotPlan("x", "203.0").isInRange(new SlotPlan("x", "203.0").numericAddress(1))).isTrue();
    }

    @Test
    void installationsWithDifferentRangesHaveDifferentGroups() {
        assertThat(plan.group()).isNotEqualTo(new SlotPlan("caisson", "10.112").group());
        assertThat(plan.doomedGroup()).isNotEqualTo(new SlotPlan("caisson", "10.112").group()).isPositive();
    }
}
