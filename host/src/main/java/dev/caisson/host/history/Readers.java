package dev.caisson.host.history;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets only so many read files at once, in the order in which they came. Safe for use by many threads. */
final class Readers {
    private static final int AT_ONCE = 4;

    private final Semaphore free = new Semaphore(AT_ONCE, true);
    private final String what;
    private final Duration patience;

    /** @param what is read, for the message to those whose turn does not come */
    Readers(String what, Duration patience) {
        this.what = what;
        this.patience = patience;
    }

    /**
     * Waits for a turn, which {@link #done} ends.
     *
     * @throws NodeException {@code UNAVAILABLE} if it does not come in time
     */
    void takeTurn() {
        try {
            if (free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new NodeException(Category.UNAVAILABLE, "too many " + what + " are being read at once; try again in a moment");
    }

    void done() {
        free.release();
    }
}
