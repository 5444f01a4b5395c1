package dev.caisson.front.jetty;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection that can tell, between reading a request and answering it, that the client has left. Jetty itself does not
 * read then, so it would not notice. What arrives instead of the end (a pipelined request) is held and given to Jetty's
 * next read. Safe for use by many threads.
 */
final class PeekEndPoint extends SocketChannelEndPoint implements Departures {
    private static final int PEEK_BYTES = 4096;

    private final Executor executor;
    private @Nullable ByteBuffer held;
    private @Nullable Watch current;

    PeekEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Executor executor) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
    }

    @Override
    public synchronized void watch(Runnable gone) {
        if (current == null && held == null) {
            var watch = new Watch(gone);
            current = watch;
            if (!tryFillInterested(watch)) {
                current = null;
            }
        }
    }

    @Override
    public synchronized void unwatch() {
        if (current != null) {
            current = null;
            getFillInterest().onFail(new CancellationException("the watch is over"));
        }
    }

    @Override
    public void cutOff() {
        try {
            getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            close(e);
            return;
        }
        close();
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        synchronized (this) {
            if (held != null) {
                int n = BufferUtil.append(buffer, held);
                if (!held.hasRemaining()) {
                    held = null;
                }
                return n;
            }
        }
        return super.fill(buffer);
    }

    @Override
    public void fillInterested(Callback callback) {
        super.fillInterested(callback);
        giveHeld();
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        boolean accepted = super.tryFillInterested(callback);
        if (accepted && !(callback instanceof Watch)) {
            giveHeld();
        }
        return accepted;
    }

    /** The selector does not know about held bytes, so whoever waits to read must be told. */
    private void giveHeld() {
        synchronized (this) {
            if (held == null) {
                return;
            }
        }
        executor.execute(() -> getFillInterest().fillable());
    }

    private int fillFromChannel(ByteBuffer buffer) throws IOException {
        return super.fill(buffer);
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
            synchronized (PeekEndPoint.this) {
                if (current != this) {
                    return false;
                }
                var buffer = BufferUtil.allocate(PEEK_BYTES);
                try {
                    int n = fillFromChannel(buffer);
                    if (n == 0 && tryFillInterested(this)) {
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
            synchronized (PeekEndPoint.this) {
                if (current != this) {
                    return;
                }
                current = null;
            }
            gone.run();
        }
    }
}
