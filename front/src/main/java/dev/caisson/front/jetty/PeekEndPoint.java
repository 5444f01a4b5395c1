package dev.caisson.front.jetty;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/** A TCP connection that can be watched and reset. Safe for use by many threads. */
final class PeekEndPoint extends SocketChannelEndPoint implements Departures {
    private final Peek peek;

    PeekEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Executor executor) {
        super(channel, selector, key, scheduler);
        this.peek = new Peek(this, super::fill, executor);
    }

    /** Lets the next read begin with {@code bytes}, which were read last. */
    void giveBack(ByteBuffer bytes) {
        peek.giveBack(bytes);
    }

    @Override
    public void watch(Runnable gone) {
        peek.watch(gone);
    }

    @Override
    public void unwatch() {
        peek.unwatch();
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
        return peek.fill(buffer);
    }

    @Override
    public void fillInterested(Callback callback) {
        super.fillInterested(callback);
        peek.waits(callback);
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        boolean accepted = super.tryFillInterested(callback);
        if (accepted) {
            peek.waits(callback);
        }
        return accepted;
    }
}
