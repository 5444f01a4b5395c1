package dev.caisson.front.jetty;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * The request's body. Reading blocks; between reads it can keep an eye on the connection: at most one piece of the body is
 * taken in advance, so the client is held back by a handler that does not read. Safe for use by many threads.
 */
final class RequestStream extends InputStream {
    private final Request request;
    private final boolean awaitsContinue;
    private final Runnable ended;
    private final Runnable broken;
    private Content.@Nullable Chunk chunk;
    private @Nullable IOException failure;
    private boolean finished;
    private boolean demanded;
    private boolean touched;
    private boolean empty;
    private boolean stopped;
    private boolean watched;
    private Optional<Runnable> due = Optional.empty();

    /**
     * Nothing is read before somebody asks.
     *
     * @param awaitsContinue the client sends the body only once it is told to
     * @param ended runs once when the body's end was seen
     * @param broken runs once when it breaks off before its end
     */
    RequestStream(Request request, boolean awaitsContinue, Runnable ended, Runnable broken) {
        this.request = request;
        this.awaitsContinue = awaitsContinue;
        this.ended = ended;
        this.broken = broken;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return length == 0 ? 0 : readNext(bytes, offset, length);
        } finally {
            tell();
        }
    }

    private synchronized int readNext(byte[] bytes, int offset, int length) throws IOException {
        touched = true;
        try {
            while (chunk == null && !finished && failure == null) {
                // Jetty may tell on this very thread, before anybody waits: then nothing is demanded any more.
                if (!advance() && demanded) {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading the request's body", e);
        }
        if (failure != null) {
            throw new IOException("the request's body broke off: " + failure.getMessage(), failure);
        }
        return chunk == null ? -1 : take(chunk, bytes, offset, length);
    }

    @Override
    public synchronized int available() {
        return chunk == null ? 0 : chunk.remaining();
    }

    /** Whether its end came with the head. Takes nothing, and tells no client to send. */
    boolean isEmpty() {
        synchronized (this) {
            if (!touched && !awaitsContinue && chunk == null && !finished && failure == null && !stopped) {
                advance();
            }
            if (!touched) {
                empty = finished && chunk == null;
            }
        }
        tell();
        return empty;
    }

    synchronized boolean finished() {
        return finished;
    }

    /**
     * From now on looks for what comes next also while nobody reads, without taking anything from the handler; tells
     * {@code ended} and {@code broken}.
     */
    void watch() {
        synchronized (this) {
            watched = true;
            lookAhead();
        }
        tell();
    }

    private void lookAhead() {
        // Looking tells a client that waits for 100 Continue to send: that is the handler's decision.
        boolean unasked = awaitsContinue && !touched;
        if (watched && !unasked && chunk == null && !finished && failure == null && !stopped) {
            advance();
        }
    }

    /** Makes reads fail, blocked ones at once. */
    synchronized void fail(IOException cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /** Reads and drops what is left, for at most {@code patience}; nothing where the client was never told to send. */
    synchronized void drain(Duration patience) {
        if (awaitsContinue && !touched) {
            return;
        }
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            for (long left = patience.toMillis(); left > 0 && failure == null; left = millisUntil(deadline)) {
                release();
                if (finished) {
                    return;
                }
                if (!advance() && demanded) {
                    wait(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long millisUntil(long deadline) {
        return Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }

    /** Touches the request no more; the last thing before it is completed. */
    synchronized void stop() {
        stopped = true;
        release();
        fail(new IOException("the exchange is over"));
    }

    /** Runs what became due while the lock was held; without it, because it may take other locks. */
    private void tell() {
        Optional<Runnable> now;
        synchronized (this) {
            now = due;
            due = Optional.empty();
        }
        now.ifPresent(Runnable::run);
    }

    private int take(Content.Chunk piece, byte[] bytes, int offset, int length) {
        int n = piece.get(bytes, offset, length);
        if (!piece.hasRemaining()) {
            release();
            lookAhead();
        }
        return n;
    }

    private void release() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    /** Takes the next piece if there is one; otherwise arranges to be told and returns false. */
    private boolean advance() {
        var next = demanded ? null : request.read();
        if (next == null) {
            if (!demanded) {
                demanded = true;
                request.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, this::onDemand));
            }
            return false;
        }
        accept(next);
        return true;
    }

    private void accept(Content.Chunk next) {
        if (Content.Chunk.isFailure(next)) {
            var cause = next.getFailure();
            fail(cause instanceof IOException io ? io : new IOException(cause));
            due = Optional.of(broken);
            return;
        }
        if (next.hasRemaining()) {
            chunk = next;
        } else {
            next.release();
        }
        if (next.isLast()) {
            finished = true;
            due = Optional.of(ended);
        }
    }

    private void onDemand() {
        synchronized (this) {
            demanded = false;
            lookAhead();
            notifyAll();
        }
        tell();
    }
}
