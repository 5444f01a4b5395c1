package dev.caisson.front.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.http.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The handshake and what is agreed on in it. What holds within is tested where it holds in clear text too. */
class TlsTest {
    private static final TestCertificate FIRST = TestCertificate.of("*.e2b.localhost");
    private static final TestCertificate SECOND = TestCertificate.of("*.e2b.localhost");

    private final JettyServer server = start();

    private static JettyServer start() {
        try {
            return JettyServer.startWithTls(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TlsTest::answer, FIRST.keyStore());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void answer(Exchange exchange) throws IOException {
        exchange.send(200, exchange.authority().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        server.close();
        await().until(() -> server.openExchanges() == 0);
    }

    private RawClient connect(TestCertificate trusted, String... protocols) throws IOException {
        return RawClient.connect(server.address(), trusted.clients(), protocols);
    }

    @Test
    void theProtocolIsTheBestThatTheClientOffers() throws IOException {
        for (var agreed : Map.of("h2", new String[] {"http/1.1", "h2"}, "http/1.1", new String[] {"http/1.1"}, "", new String[0]).entrySet()) {
            try (var client = connect(FIRST, agreed.getValue())) {
                assertThat(client.protocol()).isEqualTo(agreed.getKey());
            }
        }
    }

    @Test
    void aClientThatOffersNoProtocolSpeaksHttp1() throws IOException {
        try (var client = connect(FIRST)) {
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
    }

    /** Clients use a connection for every name that its certificate covers. */
    @Test
    void aHostOtherThanTheHandshakesIsServed() throws IOException {
        try (var client = connect(FIRST, "http/1.1")) {
            assertThat(client.get("/", "Host: 8000-other.e2b.localhost:1").answer().body()).isEqualTo("8000-other.e2b.localhost:1");
            assertThat(client.get("/", "Host: elsewhere.example").answer().body()).isEqualTo("elsewhere.example");
        }
    }

    @Test
    void aNewCertificateIsShownToNewConnectionsAndOldOnesStay() throws IOException {
        try (var before = connect(FIRST, "http/1.1")) {
            assertThat(before.get("/").answer().status()).isEqualTo(200);
            server.use(SECOND.keyStore());
            assertThat(before.get("/").answer().status()).isEqualTo(200);
        }
        try (var after = connect(SECOND, "http/1.1")) {
            assertThat(after.get("/").answer().status()).isEqualTo(200);
        }
        assertThatThrownBy(() -> connect(FIRST, "http/1.1")).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void aCertificateThatCannotBeUsedLeavesTheOldOne() throws Exception {
        var empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        assertThatThrownBy(() -> server.use(empty)).isInstanceOf(IllegalArgumentException.class);
        try (var client = connect(FIRST, "http/1.1")) {
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
    }

    /** The newest SDKs open spare connections and drop them ({@code contract/rest-api.md} §15.1 C). */
    @Test
    void connectionsThatEndAfterOrInTheHandshakeDisturbNobody() throws IOException {
        for (int i = 0; i < 50; i++) {
            connect(FIRST, "h2").close();
            var unfinished = RawClient.connect(server.address());
            // The beginning of a handshake record.
            unfinished.send(new byte[] {22, 3, 1, 0, (byte) 200, 1});
            unfinished.close();
        }
        try (var client = connect(FIRST, "http/1.1")) {
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void bytesThatAreNoHandshakeEndThatConnectionOnly() throws Exception {
        try (var broken = RawClient.connect(server.address()); var good = connect(FIRST, "http/1.1")) {
            // A handshake record with something else in it.
            broken.send(new byte[] {22, 3, 1, 0, 5, 'h', 'e', 'l', 'l', 'o'});
            var end = new CompletableFuture<Boolean>();
            Thread.ofVirtual().start(() -> end.complete(endsOrBreaks(broken)));
            assertThat(end.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(good.get("/").answer().status()).isEqualTo(200);
        }
    }

    /** A TLS alert may come first. */
    private static boolean endsOrBreaks(RawClient client) {
        try {
            while (client.read() >= 0) {
                continue;
            }
            return true;
        } catch (IOException e) {
            return true;
        }
    }
}
