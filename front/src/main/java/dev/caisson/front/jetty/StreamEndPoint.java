package dev.caisson.front.jetty;

import dev.caisson.guest.GuestStream;
import dev.caisson.http.Handler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was made inside a sandbox. One thread reads, one piece ahead of Jetty at most, so the guest is held back by
 * a handler that does not read, and its leaving is noticed while nobody reads. Writes block. Safe for use by many threads.
 */
final class StreamEndPoint extends AbstractEndPoint implements Departures {
    private static final int PIECE_BYTES = 8192;

    private final GuestStream stream;
    private final Handler handler;
    private ByteBuffer held = BufferUtil.EMPTY_BUFFER;
    private boolean ended;
    private boolean wanted;
    private @Nullable Runnable gone;
    private volatile boolean writing;

    StreamEndPoint(GuestStream stream, Handler handler, Scheduler scheduler) {
        super(scheduler);
        this.stream = stream;
        this.handler = handler;
    }

    /** Answers its requests. */
    Handler handler() {
        return handler;
    }

    /** Reads whatever comes; returns when the connection is closed. */
    void readUntilClosed() throws InterruptedException {
        var piece = new byte[PIECE_BYTES];
        var n = read(piece);
        while (n >= 0 && handOver(piece, n)) {
            n = read(piece);
        }
        end();
    }

    private int read(byte[] piece) {
        try {
            return stream.input().read(piece);
        } catch (IOException e) {
            // Reset or closed: what Jetty makes of an end in the middle of a request is right for both.
            return -1;
        }
    }

    /** Waits until Jetty has taken the piece; false if it never will. */
    private synchronized boolean handOver(byte[] piece, int length) throws InterruptedException {
        held = ByteBuffer.wrap(piece, 0, length);
        tellWhoWaits();
        while (held.hasRemaining() && isOpen()) {
            wait();
        }
        return isOpen();
    }

    private synchronized void end() throws InterruptedException {
        ended = true;
        tellWhoWaits();
        if (gone != null) {
            gone.run();
            gone = null;
        }
        while (isOpen()) {
            wait();
        }
    }

    /** On a thread of its own, because the request is handled on it. */
    private void tellWhoWaits() {
        if (wanted) {
            wanted = false;
            Thread.ofVirtual().name("http-inside").start(() -> getFillInterest().fillable());
        }
    }

    @Override
    protected synchronized void needsFillInterest() {
        wanted = true;
        if (held.hasRemaining() || ended) {
            tellWhoWaits();
        }
    }

    @Override
    public int fill(ByteBuffer buffer) {
        synchronized (this) {
            if (held.hasRemaining()) {
                notIdle();
                var n = BufferUtil.append(buffer, held);
                if (!held.hasRemaining()) {
                    notifyAll();
                }
                return n;
            }
            if (!ended) {
                return 0;
            }
        }
        shutdownInput();
        return -1;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        if (isOutputShutdown()) {
            throw new EofException("the output was shut down");
        }
        writing = true;
        try {
            for (var buffer : buffers) {
                if (buffer.hasRemaining()) {
                    BufferUtil.writeTo(buffer, stream.output());
                    notIdle();
                }
            }
            stream.output().flush();
            return true;
        } catch (IOException e) {
            throw new EofException(e);
        } finally {
            writing = false;
        }
    }

    @Override
    protected void onIncompleteFlush() {
        throw new IllegalStateException("a write that blocks is never incomplete");
    }

    /** Jetty does not know that a write blocks. */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        if (writing) {
            close(timeout);
        } else {
            super.onIdleExpired(timeout);
        }
    }

    @Override
    protected void doShutdownOutput() {
        try {
            stream.shutdownOutput();
        } catch (IOException e) {
            close(e);
        }
    }

    @Override
    protected void doClose() {
        stream.close();
        synchronized (this) {
            notifyAll();
        }
    }

    @Override
    public synchronized void watch(Runnable action) {
        if (ended) {
            action.run();
        } else {
            gone = action;
        }
    }

    @Override
    public synchronized void unwatch() {
        gone = null;
    }

    @Override
    public void cutOff() {
        close();
    }

    @Override
    public Object getTransport() {
        return stream;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return InetSocketAddress.createUnresolved("sandbox", 0);
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return InetSocketAddress.createUnresolved("sandbox", 0);
    }
}
