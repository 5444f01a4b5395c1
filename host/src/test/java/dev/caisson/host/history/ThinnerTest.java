package dev.caisson.host.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.node.TeamSample;
import dev.caisson.node.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThinnerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void ofEachStepOneSampleIsKeptWithTheLargestOfEachFigure() {
        var kept = thin(
                new Window(START, START.plusSeconds(100), Duration.ofSeconds(30)),
                sample(0, 1, 9), sample(10, 5, 2), sample(29, 3, 3), sample(30, 2, 1), sample(65, 4, 4));

        assertThat(kept).containsExactly(sample(0, 5, 9), sample(30, 2, 1), sample(65, 4, 4));
    }

    @Test
    void whatLiesOutsideTheWindowCountsForNothing() {
        var kept = thin(
                new Window(START.plusSeconds(10), START.plusSeconds(20), Duration.ofMinutes(1)),
                sample(9, 100, 1), sample(10, 1, 1), sample(19, 2, 2), sample(20, 100, 1));

        assertThat(kept).containsExactly(sample(10, 2, 2));
    }

    @Test
    void withoutAStepAllAreKept() {
        var kept = thin(new Window(START, START.plusSeconds(9), Duration.ZERO), sample(1, 1, 1), sample(1, 2, 2), sample(2, 3, 3));
        assertThat(kept).hasSize(3);
    }

    private static List<TeamSample> thin(Window window, TeamSample... samples) {
        var thinner = new Thinner<>(SampleForms.TEAM, window);
        for (var sample : samples) {
            assertThat(thinner.test(sample)).isTrue();
        }
        return thinner.kept();
    }

    private static TeamSample sample(long second, int sandboxes, double rate) {
        return new TeamSample(START.plusSeconds(second), sandboxes, rate);
    }
}
