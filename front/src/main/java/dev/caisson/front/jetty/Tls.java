package dev.caisson.front.jetty;

import java.security.KeyStore;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The server's side of TLS, with a certificate that can be changed while it runs. Safe for use by many threads. */
final class Tls {
    private final SslContextFactory.Server context = new SslContextFactory.Server();

    Tls(KeyStore certificate) {
        context.setKeyStore(certificate);
        context.setKeyStorePassword("");
        context.setCipherComparator(HTTP2Cipher.COMPARATOR);
        context.setUseCipherSuitesOrder(true);
    }

    /** @param next the protocol spoken within */
    SslConnectionFactory connections(String next) {
        return new SslConnectionFactory(context, next) {
            @Override
            protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
                // It runs what waits to read by itself if that was decrypted in advance: requests, which block.
                var executor = VirtualThreads.getVirtualThreadsExecutor(connector.getExecutor());
                return new PeekSslConnection(
                        connector.getByteBufferPool(), executor, context, endPoint, engine,
                        isDirectBuffersForEncryption(), isDirectBuffersForDecryption());
            }
        };
    }

    /** @throws IllegalArgumentException if it cannot be used; then the one before stays */
    void use(KeyStore certificate) {
        try {
            context.reload(factory -> factory.setKeyStore(certificate));
        } catch (Exception e) {
            throw new IllegalArgumentException("the certificate cannot be used: " + e.getMessage(), e);
        }
    }
}
