package dev.caisson.front.jetty;

import dev.caisson.http.Handler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;

/** What a test runs over: what holds in clear text has to hold in TLS, on the same port of the same server. */
public enum Wire {
    CLEAR,
    TLS;

    private static final TestCertificate CERTIFICATE = TestCertificate.of("*.e2b.localhost");

    /** A server on any free port, which speaks both. */
    public JettyServer start(Handler handler) {
        try {
            return JettyServer.startWithTls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler, CERTIFICATE.keyStore());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** HTTP/1.1 by hand. */
    public RawClient connect(InetSocketAddress address) throws IOException {
        return connect(address, "http/1.1");
    }

    /** HTTP/2 by hand, its preface sent. */
    public RawClient connectMultiplexed(InetSocketAddress address) throws IOException {
        return connect(address, "h2").send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private RawClient connect(InetSocketAddress address, String protocol) throws IOException {
        return switch (this) {
            case CLEAR -> RawClient.connect(address);
            case TLS -> RawClient.connect(address, CERTIFICATE.clients(), protocol);
        };
    }

    public HttpClient.Builder http() {
        return HttpClient.newBuilder().sslContext(CERTIFICATE.clients());
    }

    /** Address of a target on a server. */
    public String url(InetSocketAddress address, String target) {
        return (this == TLS ? "https" : "http") + "://127.0.0.1:" + address.getPort() + target;
    }
}
