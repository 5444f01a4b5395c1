package dev.caisson.front.jetty;

import java.time.Duration;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.SecureRequestCustomizer;

/** What the port speaks, in the order in which Jetty looks for it. */
final class Protocols {
    /** Longer than for a head: a thousand handshakes at a time keep two processors busy for a while. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(60);

    /** For a request's head, from its first byte; E2B allows 5 s ({@code contract/rest-api.md} §2). */
    static final Duration HEAD = Duration.ofSeconds(20);

    /** A client that opens more streams than the first SETTINGS frame allows fails ({@code contract/rest-api.md} §15.1 C). */
    private static final int STREAMS_PER_CONNECTION = 4096;

    /**
     * How many frames that carry no data one HTTP/2 connection may send per second; Jetty's own limit of 128 cuts off
     * clients with hundreds of streams.
     */
    private static final int CONTROL_FRAMES_PER_SECOND = 10_000;

    /** RFC 7301 §6: the names of protocols in a handshake are compared byte by byte. */
    private static final String HTTP1 = "http/1.1";

    private Protocols() {}

    /** HTTP/1.1, and HTTP/2 by its preface. */
    static ConnectionFactory[] clear() {
        var configuration = configuration();
        return new ConnectionFactory[] {
            new PromptHeads(configuration, HEAD), configured(new HTTP2CServerConnectionFactory(multiplexed(configuration)))
        };
    }

    /** The same, and where a connection begins like TLS, HTTP/1.1 or HTTP/2 within by what the client offers. */
    static ConnectionFactory[] clearAndTls(Tls tls) {
        var configuration = configuration();
        // Clients reuse a connection for other names of the certificate; Jetty would answer 400.
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        var http2 = configured(new HTTP2ServerConnectionFactory(multiplexed(configuration)));
        // The first one that the client offers too.
        var alpn = new ALPNServerConnectionFactory(http2.getProtocol(), HTTP1);
        alpn.setDefaultProtocol(HTTP1);
        var secured = tls.connections(alpn.getProtocol(), HANDSHAKE);
        return new ConnectionFactory[] {
            new Detection(secured.getProtocol(), HTTP1),
            new PromptHeads(configuration, HEAD),
            configured(new HTTP2CServerConnectionFactory(multiplexed(configuration))),
            secured,
            alpn,
            http2
        };
    }

    static HttpConfiguration configuration() {
        var configuration = new HttpConfiguration();
        configuration.setRequestHeaderSize(HeadSize.LARGEST);
        configuration.setResponseHeaderSize(HeadSize.LARGEST);
        configuration.setMaxResponseHeaderSize(HeadSize.LARGEST);
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        configuration.setSendServerVersion(false);
        // A proxied answer brings its own date; the exchange adds one where there is none.
        configuration.setSendDateHeader(false);
        configuration.setIdleTimeout(-1);
        return configuration;
    }

    /** {@link HeadSize} says why. */
    private static HttpConfiguration multiplexed(HttpConfiguration configuration) {
        var multiplexed = new HttpConfiguration(configuration);
        multiplexed.setRequestHeaderSize(HeadSize.ENDS_CONNECTION);
        return multiplexed;
    }

    private static ConnectionFactory configured(AbstractHTTP2ServerConnectionFactory http2) {
        http2.setMaxConcurrentStreams(STREAMS_PER_CONNECTION);
        http2.setRateControlFactory(new WindowRateControl.Factory(CONTROL_FRAMES_PER_SECOND));
        http2.setStreamIdleTimeout(JettyServer.IDLE.toMillis());
        return http2;
    }
}
