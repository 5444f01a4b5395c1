package dev.caisson.node;

import java.time.Instant;

/**
 * What a team had running at one moment.
 *
 * @param sandboxes that ran
 * @param startsPerSecond since the sample before
 */
public record TeamSample(Instant at, int sandboxes, double startsPerSecond) {

    /** The larger of every figure, at this one's moment. */
    public TeamSample highest(TeamSample other) {
        return new TeamSample(at, Math.max(sandboxes, other.sandboxes), Math.max(startsPerSecond, other.startsPerSecond));
    }
}
