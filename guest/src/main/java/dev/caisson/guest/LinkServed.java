package dev.caisson.guest;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** INCOMING frames of one connection, each accepted on a virtual thread of its own. */
final class LinkServed implements Served {
    private static final Logger LOG = LoggerFactory.getLogger(LinkServed.class);
    private static final Duration BETWEEN_CONNECTIONS = Duration.ofHours(1);
    /** What the guest connects beyond this is not accepted; its agent resets it after 10 s. */
    private static final int MOST_AT_ONCE = 256;

    private final Connection connection;
    private final int port;
    private final LongFunction<GuestStream> accept;
    private final Consumer<GuestStream> handler;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);
    private volatile boolean closed;

    LinkServed(Connection connection, int port, LongFunction<GuestStream> accept, Consumer<GuestStream> handler) {
        this.connection = connection;
        this.port = port;
        this.accept = accept;
        this.handler = handler;
    }

    void start() {
        Thread.ofVirtual().name("link-serve-" + port).start(this::listen);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        closed = true;
        connection.close();
    }

    private void listen() {
        try {
            while (true) {
                next();
            }
        } catch (IOException e) {
            connection.close();
            if (!closed) {
                LOG.info("serving port {} in a guest ended: {}", port, e.getMessage());
            }
        }
    }

    private void next() throws IOException {
        try {
            var message = connection.message(Deadline.after(BETWEEN_CONNECTIONS));
            if (message.type() != FrameType.INCOMING) {
                throw Failures.unexpected(message.type());
            }
            var id = message.reader().i64();
            if (room.tryAcquire()) {
                Thread.ofVirtual().name("link-served-" + port).start(() -> handle(id));
            }
        } catch (SocketTimeoutException e) {
            LOG.trace("nobody connected to port {} in a guest for {}", port, BETWEEN_CONNECTIONS);
        }
    }

    private void handle(long id) {
        try (var stream = accept.apply(id)) {
            handler.accept(stream);
        } catch (GuestException e) {
            LOG.debug("a connection to port {} in a guest was lost before it was accepted: {}", port, e.getMessage());
        } finally {
            room.release();
        }
    }
}
