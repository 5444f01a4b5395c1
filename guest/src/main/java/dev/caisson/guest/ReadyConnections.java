package dev.caisson.guest;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Authenticated connections between two operations, kept because a new one costs two round trips more. Few and not for
 * long: the agent closes what is silent for 60 s ({@code guest-agent/PROTOCOL.md} §3). Safe for use by many threads.
 */
final class ReadyConnections {
    private static final int MOST = 4;
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private final Deque<Ready> ready = new ArrayDeque<>();

    private record Ready(Connection connection, Deadline useBy) {}

    /** The one that was used last, if it is still fresh. */
    synchronized Optional<Connection> take() {
        ready.removeIf(ReadyConnections::stale);
        return Optional.ofNullable(ready.pollFirst()).map(Ready::connection);
    }

    synchronized void put(Connection connection) {
        ready.removeIf(ReadyConnections::stale);
        if (ready.size() < MOST) {
            ready.addFirst(new Ready(connection, Deadline.after(LONGEST)));
        } else {
            connection.close();
        }
    }

    private static boolean stale(Ready candidate) {
        if (candidate.useBy().passed()) {
            candidate.connection().close();
            return true;
        }
        return false;
    }
}
