package dev.caisson.guest;

import java.time.Duration;
import java.util.Optional;

/** A subscription to one process. Closing it does not touch the process. Used by one reader at a time. */
public interface ProcessStream extends AutoCloseable {

    int pid();

    /** How many bytes of output (all kinds together) came before the next event; for {@link GuestAgent#attach}. */
    long offset();

    /**
     * The next event, waiting at most {@code patience}; empty if none came. After {@link ProcessEvent.Exited} there is
     * nothing more. All output precedes the exit.
     *
     * @throws GuestException {@code UNAVAILABLE} when the link broke
     */
    Optional<ProcessEvent> next(Duration patience);

    /** Makes a blocked {@link #next} fail at once. Idempotent, from any thread. */
    @Override
    void close();
}
