package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The connections of one guest: makes them, reuses them, and knows all that are open so that they can be closed together.
 * Safe for use by many threads.
 */
final class Link implements AutoCloseable {
    private final InetSocketAddress address;
    private final LinkTimeouts timeouts;
    private final ReadyConnections ready = new ReadyConnections();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Set<SocketStream> plain = ConcurrentHashMap.newKeySet();
    /** Handshakes hold it for reading, a change of the key for writing, so that none is made with a key about to go. */
    private final ReadWriteLock keyLock = new ReentrantReadWriteLock();
    private volatile byte[] key;
    private volatile boolean closed;

    Link(InetSocketAddress address, byte[] key, LinkTimeouts timeouts) {
        this.address = address;
        this.key = checked(key);
        this.timeouts = timeouts;
    }

    /** Sends a request and reads its answer, or the beginning of it. */
    @FunctionalInterface
    interface Exchange<T> {
        T on(Connection connection) throws IOException;
    }

    LinkTimeouts timeouts() {
        return timeouts;
    }

    /** Makes a connection, completes its handshake, and keeps it for the first operation. */
    AgentInfo greet(Deadline deadline) throws IOException {
        var connection = connect(deadline);
        try {
            return connection.prove(deadline);
        } finally {
            keep(connection);
        }
    }

    /** A request that is answered by DONE, whose payload is returned. */
    PayloadReader call(String attempt, Message request, Deadline deadline) {
        return run(attempt, deadline, connection -> {
            connection.send(request);
            return connection.done(attempt, deadline);
        });
    }

    /** An exchange that reads its answer to the end. It is repeated if the connection turns out to be dead. */
    <T> T run(String attempt, Deadline deadline, Exchange<T> exchange) {
        return attempt(attempt, deadline, connection -> {
            try {
                return complete(connection, exchange);
            } finally {
                keep(connection);
            }
        });
    }

    /** An exchange that cannot be repeated: it gets a connection of its own. */
    <T> T runOnce(String attempt, Deadline deadline, Exchange<T> exchange) {
        try {
            var connection = connect(deadline);
            try {
                return complete(connection, exchange);
            } finally {
                keep(connection);
            }
        } catch (IOException e) {
            throw Failures.of(attempt, e);
        }
    }

    /** An exchange that owns the connection from then on, unless it is refused. It is repeated like that of {@link #run}. */
    <T> T take(String attempt, Deadline deadline, Exchange<T> exchange) {
        return attempt(attempt, deadline, connection -> {
            try {
                return complete(connection, exchange);
            } catch (IOException | RuntimeException e) {
                keep(connection);
                throw e;
            }
        });
    }

    /**
     * A call that brings the next key. Handshakes wait until it is over, and use that key if it succeeded. The request goes
     * only to an agent that has proved itself, as it carries the key.
     */
    void changeKey(String attempt, Message request, byte[] next, Deadline deadline) {
        var checked = checked(next);
        try {
            var lock = locked(keyLock.writeLock(), deadline);
            try {
                run(attempt, deadline, connection -> {
                    connection.prove(deadline);
                    connection.send(request);
                    return connection.done(attempt, deadline);
                });
                key = checked;
            } finally {
                lock.unlock();
            }
        } catch (IOException e) {
            throw Failures.of(attempt, e);
        }
    }

    /** Whether this is the port of the agent itself. */
    boolean isAgents(int port) {
        return port == address.getPort();
    }

    /** A connection to another port of the guest, without the agent; it is closed with the link. */
    GuestStream plain(int port, Deadline deadline) throws IOException {
        var stream = SocketStream.connect(new InetSocketAddress(address.getAddress(), port), deadline, plain::remove);
        plain.add(stream);
        if (closed) {
            stream.close();
            throw new GuestException(Category.UNAVAILABLE, "the link to the guest is closed");
        }
        return stream;
    }

    /** Closes every connection; what blocks on one fails at once, and no new one is made. */
    @Override
    public void close() {
        closed = true;
        open.forEach(Connection::close);
        plain.forEach(SocketStream::close);
    }

    /**
     * A connection that was kept may be dead: the guest was restored, or closed it just now. Then nothing read the request,
     * and it is repeated on the next one. One that was closed because its thread was interrupted may well have been read.
     */
    private <T> T attempt(String attempt, Deadline deadline, Exchange<T> exchange) {
        while (true) {
            var kept = ready.take();
            try {
                return exchange.on(kept.isPresent() ? kept.get() : connect(deadline));
            } catch (IOException e) {
                if (!isStale(kept, e)) {
                    throw Failures.of(attempt, e);
                }
            }
        }
    }

    /** After a fault of the link, a breach of the protocol included, the connection is of no more use. */
    private static <T> T complete(Connection connection, Exchange<T> exchange) throws IOException {
        try {
            return exchange.on(connection);
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    private boolean isStale(Optional<Connection> kept, IOException e) {
        return kept.isPresent() && !kept.get().answered() && !closed && !Thread.currentThread().isInterrupted()
                && !(e instanceof SocketTimeoutException) && !(e instanceof MalformedException);
    }

    private Connection connect(Deadline deadline) throws IOException {
        var soon = deadline.orAfter(timeouts.connect());
        var lock = locked(keyLock.readLock(), soon);
        try {
            return Connection.open(address, key, timeouts.stall(), soon, this::opened, open::remove);
        } finally {
            lock.unlock();
        }
    }

    private void opened(Connection connection) {
        open.add(connection);
        if (closed) {
            throw new GuestException(Category.UNAVAILABLE, "the link to the guest is closed");
        }
    }

    /** Keeps a connection that is ready for another operation, and closes any other. */
    void keep(Connection connection) {
        if (connection.ready() && !closed) {
            ready.put(connection);
        } else {
            connection.close();
        }
    }

    private static Lock locked(Lock lock, Deadline deadline) throws IOException {
        try {
            if (lock.tryLock(deadline.millisLeft(), TimeUnit.MILLISECONDS)) {
                return lock;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        throw new SocketTimeoutException("the key of the link is being changed");
    }

    private static byte[] checked(byte[] key) {
        if (key.length != Handshake.KEY_BYTES) {
            throw new IllegalArgumentException("a link key has " + Handshake.KEY_BYTES + " bytes, not " + key.length);
        }
        return key.clone();
    }
}
