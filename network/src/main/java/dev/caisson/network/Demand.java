package dev.caisson.network;

import java.time.Duration;

/** How many slots should be ready, judged by how many were claimed lately. Not thread-safe. */
final class Demand {
    /** More than this many times the resting number are never kept ready: making a slot is quicker than starting a sandbox. */
    private static final int MOST_TIMES = 5;

    private final long window;
    private final int atRest;
    private long windowStart = System.nanoTime();
    private long claimsAtStart;
    private long lastWindow;

    Demand(Duration window, int atRest) {
        this.window = window.toNanos();
        this.atRest = atRest;
    }

    /** @param claims how many claims there were since the beginning */
    int target(long claims) {
        var now = System.nanoTime();
        if (now - windowStart >= window) {
            lastWindow = now - windowStart < 2 * window ? claims - claimsAtStart : 0;
            claimsAtStart = claims;
            windowStart = now;
        }
        var lately = Math.max(lastWindow, claims - claimsAtStart);
        return Math.toIntExact(Math.min(atRest + lately, (long) MOST_TIMES * atRest));
    }
}
