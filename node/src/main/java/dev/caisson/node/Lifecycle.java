package dev.caisson.node;

import java.time.Duration;

/**
 * What becomes of a sandbox when its time is up, and what brings it back ({@code contract/rest-api.md} §5.3, §9.3). Immutable.
 *
 * @param onTimeout what happens at the deadline
 * @param wokenByTraffic whether a request to a paused one resumes it; never one whose memory was not saved
 * @param firstTimeout what the request that made it asked for: the life of a run that traffic begins
 */
public record Lifecycle(OnTimeout onTimeout, boolean wokenByTraffic, Duration firstTimeout) {

    /** What happens at the deadline. One that is to be paused and cannot be goes on, and is tried again for a while. */
    public enum OnTimeout {
        KILL,
        /** Paused with its memory. */
        PAUSE,
        /** Paused without: what ran is gone, files are kept. */
        PAUSE_FILES
    }

    /** It ends at its deadline. */
    public static Lifecycle ending(Duration firstTimeout) {
        return new Lifecycle(OnTimeout.KILL, false, firstTimeout);
    }
}
