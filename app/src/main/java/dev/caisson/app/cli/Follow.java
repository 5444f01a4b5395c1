package dev.caisson.app.cli;

import dev.caisson.app.client.SandboxPast;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Shows what comes of a sandbox until it is gone, or nobody reads it any more. */
final class Follow {
    /** The last line is written when a sandbox is no longer found, a moment later. */
    private static final int LAST_LOOKS = 4;

    /** Shows what is new. */
    interface Show {
        /** Returns whether the end of the sandbox was among it. */
        boolean showNew();
    }

    private final SandboxPast past;
    private final Duration every;

    Follow(SandboxPast past, Duration every) {
        this.past = past;
        this.every = every;
    }

    void run(Show show) {
        while (!System.out.checkError() && past.exists()) {
            if (show.showNew()) {
                return;
            }
            LockSupport.parkNanos(every.toNanos());
        }
        for (int look = 0; look < LAST_LOOKS && !show.showNew(); look++) {
            LockSupport.parkNanos(every.toNanos());
        }
    }
}
