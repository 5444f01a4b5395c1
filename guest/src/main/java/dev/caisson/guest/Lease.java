package dev.caisson.guest;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection in the hands of an open stream. It is let go once: kept for the next operation when the reader has come to
 * the end of the answer, closed when anybody closes the stream before; what comes second does nothing.
 */
final class Lease {
    private final Link link;
    private final Connection connection;
    private final AtomicBoolean over = new AtomicBoolean();

    Lease(Link link, Connection connection) {
        this.link = link;
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** The answer is complete. Called by the reader. */
    void end() {
        if (over.compareAndSet(false, true)) {
            link.keep(connection);
        }
    }

    /** From any thread. */
    void close() {
        if (over.compareAndSet(false, true)) {
            connection.close();
        }
    }
}
