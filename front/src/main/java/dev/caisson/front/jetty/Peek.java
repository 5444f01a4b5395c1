package dev.caisson.front.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Tells, between reading a request and answering it, that the client has left. Jetty itself does not read then, so it would not
 * notice. What arrives instead of the end (a pipelined request) is held and given to Jetty's next read. Belongs to one end
 * point, which lets its reads pass through here. Safe for use by many threads.
 */
final class Peek {
    private static final int PEEK_BYTES = 4096;

    private final AbstractEndPoint endPoint;
    private final Fill beneath;
    private final Executor executor;
    private @Nullable ByteBuffer held;
    private @Nullable Watch current;

    /** {@link EndPoint#fill} without what is held here. */
    interface Fill {
        int fill(ByteBuffer buffer) throws IOException;
    }

    /** @param executor runs what waited to read, which may block */
    Peek(AbstractEndPoint endPoint, Fill beneath, Executor executor) {
        this.endPoint = endPoint;
        this.beneath = beneath;
        this.executor = executor;
    }

    /** As {@link Departures#watch}. */
    synchronized void watch(Runnable gone) {
        if (current == null && held == null) {
            var watch = new Watch(gone);
            current = watch;
            if (!endPoint.tryFillInterested(watch)) {
                current = null;
            }
        }
    }

    synchronized void unwatch() {
        if (current != null) {
            current = null;
            endPoint.getFillInterest().onFail(new CancellationException("the watch is over"));
        }
    }

    /** Lets the next read begin with {@code bytes}, which were read last. */
    synchronized void giveBack(ByteBuffer bytes) {
        held = bytes;
    }

    /** What the end point's own {@code fill} does. */
    int fill(ByteBuffer buffer) throws IOException {
        // Without any room this is TLS at work on a handshake, with locks of its own held.
        if (buffer.capacity() > 0) {
            synchronized (this) {
                if (held != null) {
                    int n = BufferUtil.append(buffer, held);
                    if (!held.hasRemaining()) {
                        held = null;
                    }
                    return n;
                }
            }
        }
        int n = beneath.fill(buffer);
        if (n < 0) {
            breakOffStreams();
        }
        return n;
    }

    /**
     * HTTP/2 clients say GOAWAY before they close; Jetty then lets streams come to their end, although nobody is left to get it.
     */
    private void breakOffStreams() {
        if (endPoint.getConnection() instanceof HTTP2Connection multiplexed) {
            Thread.ofVirtual().name("client left").start(() -> Transport.streamsOf(multiplexed).forEach(Transport::reset));
        }
    }

    /** To be called when {@code callback} waits to read: nobody else knows about held bytes. */
    void waits(Callback callback) {
        if (callback instanceof Watch) {
            return;
        }
        synchronized (this) {
            if (held == null) {
                return;
            }
        }
        executor.execute(() -> endPoint.getFillInterest().fillable());
    }

    /** One watch; a fresh object each time, so that a late event of the last one does not act on the next. */
    private final class Watch implements Callback {
        private final Runnable gone;

        Watch(Runnable gone) {
            this.gone = gone;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        @Override
        public void succeeded() {
            if (hasLeft()) {
                gone.run();
            }
        }

        private boolean hasLeft() {
            synchronized (Peek.this) {
                if (current != this) {
                    return false;
                }
                var buffer = BufferUtil.allocate(PEEK_BYTES);
                try {
                    int n = beneath.fill(buffer);
                    if (n == 0 && endPoint.tryFillInterested(this)) {
                        return false;
                    }
                    current = null;
                    if (n > 0) {
                        held = buffer;
                    }
                    return n < 0;
                } catch (IOException e) {
                    current = null;
                    return true;
                }
            }
        }

        @Override
        public void failed(Throwable failure) {
            synchronized (Peek.this) {
                if (current != this) {
                    return;
                }
                current = null;
            }
            gone.run();
        }
    }
}
