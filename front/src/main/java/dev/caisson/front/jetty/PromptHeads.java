package dev.caisson.front.jetty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 for clients that send a request's head in time: counted from its first byte, whatever they send in between. A
 * connection on which no request has begun may stay idle for longer.
 */
final class PromptHeads extends HttpConnectionFactory {
    private final Duration patience;

    PromptHeads(HttpConfiguration configuration, Duration patience) {
        super(configuration);
        this.patience = patience;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        var connection = new Timed(getHttpConfiguration(), connector, endPoint, patience);
        connection.setUseInputDirectByteBuffers(isUseInputDirectByteBuffers());
        connection.setUseOutputDirectByteBuffers(isUseOutputDirectByteBuffers());
        return configure(connection, connector, endPoint);
    }

    private static final class Timed extends HttpConnection {
        private final Duration patience;
        private final AtomicBoolean armed = new AtomicBoolean();
        private volatile Scheduler.@Nullable Task timer;

        Timed(HttpConfiguration configuration, Connector connector, EndPoint endPoint, Duration patience) {
            super(configuration, connector, endPoint);
            this.patience = patience;
        }

        @Override
        public void onFillable() {
            super.onFillable();
            if (isInHead() && armed.compareAndSet(false, true)) {
                checkIn(patience.toNanos());
            }
        }

        private void checkIn(long nanos) {
            timer = getConnector().getScheduler().schedule(this::check, Math.max(1, nanos), TimeUnit.NANOSECONDS);
            if (!getEndPoint().isOpen()) {
                forget();
            }
        }

        /** The timer would keep a connection that is over in memory. */
        private void forget() {
            var last = timer;
            if (last != null) {
                last.cancel();
            }
        }

        @Override
        public void onClose(@Nullable Throwable cause) {
            super.onClose(cause);
            forget();
        }

        private void check() {
            // Only where nothing is being read is it certain that the parser stands still.
            boolean waits = getEndPoint().isOpen() && getEndPoint().isFillInterested() && isInHead();
            long left = waits ? patience.toNanos() - (System.nanoTime() - getParser().getBeginNanoTime()) : 0;
            if (left > 0) {
                checkIn(left);
                return;
            }
            armed.set(false);
            if (waits) {
                getEndPoint().close();
            }
        }

        private boolean isInHead() {
            var state = getParser().getState();
            return state.compareTo(HttpParser.State.START) > 0 && state.compareTo(HttpParser.State.CONTENT) < 0;
        }
    }
}
