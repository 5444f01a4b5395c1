package dev.caisson.front.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * A TLS connection that can be watched. That has to happen above the encryption: a client says its farewell in a record of its
 * own, which on the wire looks like any other.
 */
final class PeekSslConnection extends SslConnection {
    PeekSslConnection(
            ByteBufferPool buffers, Executor executor, SslContextFactory context, EndPoint endPoint, SSLEngine engine,
            boolean directEncryption, boolean directDecryption) {
        super(buffers, executor, context, endPoint, engine, directEncryption, directDecryption);
    }

    @Override
    protected SslEndPoint newSslEndPoint() {
        return new Decrypted();
    }

    private final class Decrypted extends SslEndPoint implements Departures {
        private final Peek peek = new Peek(this, super::fill, getExecutor());

        @Override
        public void watch(Runnable gone) {
            peek.watch(gone);
        }

        @Override
        public void unwatch() {
            peek.unwatch();
        }

        /** Below the encryption, which would still say farewell. */
        @Override
        public void cutOff() {
            Departures.below(unwrap()).ifPresentOrElse(Departures::cutOff, this::close);
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
}
