package dev.caisson.front.jetty;

import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;

/** The server's side of TLS, with a certificate that can be changed while it runs. Safe for use by many threads. */
final class Tls {
    private final SslContextFactory.Server context = new SslContextFactory.Server();

    Tls(KeyStore certificate) {
        context.setKeyStore(certificate);
        context.setKeyStorePassword("");
        context.setCipherComparator(HTTP2Cipher.COMPARATOR);
        context.setUseCipherSuitesOrder(true);
    }

    /**
     * @param next the protocol spoken within
     * @param patience for the handshake
     */
    SslConnectionFactory connections(String next, Duration patience) {
        return new SslConnectionFactory(context, next) {
            @Override
            protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
                // It runs what waits to read by itself if that was decrypted in advance: requests, which block.
                var executor = VirtualThreads.getVirtualThreadsExecutor(connector.getExecutor());
                var connection = new PeekSslConnection(
                        connector.getByteBufferPool(), executor, context, endPoint, engine,
                        isDirectBuffersForEncryption(), isDirectBuffersForDecryption());
                var tooLate = connector.getScheduler().schedule(endPoint::close, patience.toNanos(), TimeUnit.NANOSECONDS);
                var handshake = new Handshake(tooLate);
                connection.addHandshakeListener(handshake);
                connection.addEventListener(handshake);
                return connection;
            }
        };
    }

    /** Stops the timer, which keeps the connection in memory, as soon as there is nothing to be timed. */
    private record Handshake(Scheduler.Task tooLate) implements SslHandshakeListener, Connection.Listener {
        @Override
        public void handshakeSucceeded(Event event) {
            tooLate.cancel();
        }

        @Override
        public void onClosed(Connection connection) {
            tooLate.cancel();
        }
    }

    /** @throws IllegalArgumentException if it cannot be used; then the one before stays */
    void use(KeyStore certificate) {
        try {
            if (certificate.size() == 0) {
                throw new IllegalArgumentException("there is none");
            }
            context.reload(factory -> factory.setKeyStore(certificate));
        } catch (Exception e) {
            throw new IllegalArgumentException("the certificate cannot be used: " + e.getMessage(), e);
        }
    }
}
