package dev.caisson.guest;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends writes that get nowhere. A blocking socket write has no time limit of its own, so a guest that stops reading would
 * hold its writer for ever; while a guard is open, a write that takes longer than the limit (and at most twice as long) has
 * its connection closed under it. The time between writes does not count.
 */
final class StallGuard implements AutoCloseable {
    private static final long IDLE = 0;
    private final long limit;
    private final Runnable end;
    private final Thread watcher;
    private volatile long writingSince = IDLE;
    private volatile boolean done;
    private volatile boolean fired;

    /** @param end closes the connection */
    StallGuard(Duration limit, Runnable end) {
        this.limit = limit.toNanos();
        this.end = end;
        this.watcher = Thread.ofVirtual().name("link-write-guard").start(this::watch);
    }

    void begin() {
        writingSince = System.nanoTime() | 1;
    }

    void finish() {
        writingSince = IDLE;
    }

    /** Whether it had to close the connection. */
    boolean fired() {
        return fired;
    }

    @Override
    public void close() {
        done = true;
        LockSupport.unpark(watcher);
    }

    private void watch() {
        var wait = limit;
        while (!done) {
            LockSupport.parkNanos(this, wait);
            var since = writingSince;
            var spent = since == IDLE ? 0 : System.nanoTime() - since;
            if (!done && spent >= limit) {
                fired = true;
                end.run();
                return;
            }
            wait = limit - spent;
        }
    }
}
