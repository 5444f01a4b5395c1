package dev.caisson.front.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.guest.testing.StreamPair;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptHeadsTest {
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final Server server = new Server();
    private final ServerConnector connector =
            new ServerConnector(server, new PromptHeads(new HttpConfiguration(), PATIENCE));

    @BeforeEach
    void start() throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                response.write(true, ByteBuffer.wrap(new byte[] {'o', 'k'}), callback);
                return true;
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private RawClient client() throws IOException {
        return RawClient.connect(new InetSocketAddress("127.0.0.1", connector.getLocalPort()));
    }

    @Test
    void aHeadThatDoesNotComeToItsEndIsCutOff() throws Exception {
        try (var client = client()) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n");
            assertThat(ended(client)).isTrue();
        }
        assertNoConnections();
    }

    @Test
    void soIsOneOfWhichSomethingComesAllTheTime() throws Exception {
        try (var client = client()) {
            client.send("GET / HTTP/1.1\r\n");
            var dripping = Thread.ofVirtual().start(() -> drip(client));
            assertThat(ended(client)).isTrue();
            assertThat(dripping.join(Duration.ofSeconds(10))).isTrue();
        }
        assertNoConnections();
    }

    @Test
    void aLaterHeadOfTheConnectionIsTimedByItself() throws Exception {
        try (var client = client()) {
            assertThat(client.get("/").answer().body()).isEqualTo("ok");
            client.send("GE");
            assertThat(ended(client)).isTrue();
        }
        assertNoConnections();
    }

    @Test
    void betweenRequestsAConnectionMayBeIdleForLonger() throws Exception {
        try (var idle = client(); var silent = client(); var slow = client()) {
            assertThat(idle.get("/").answer().body()).isEqualTo("ok");
            slow.send("G");
            assertThat(ended(slow)).isTrue();
            assertThat(idle.get("/").answer().body()).isEqualTo("ok");
            assertThat(silent.get("/").answer().body()).isEqualTo("ok");
        }
    }

    @Test
    void aHeadInPiecesThatIsInTimeIsAnswered() throws Exception {
        var patient = new ServerConnector(server, new PromptHeads(new HttpConfiguration(), Duration.ofSeconds(20)));
        server.addConnector(patient);
        patient.start();
        try (var client = RawClient.connect(new InetSocketAddress("127.0.0.1", patient.getLocalPort()))) {
            client.send("GET / HT").send("TP/1.1\r\nHost:").send(" x\r\n").send("\r\n");
            assertThat(client.answer().body()).isEqualTo("ok");
        }
    }

    @Test
    void oneFromInsideASandboxIsCutOffToo() throws Exception {
        var inside = new StreamConnector(server, new HttpConfiguration(), PATIENCE);
        server.addConnector(inside);
        inside.start();
        var pair = new StreamPair();
        var serving = Thread.ofVirtual().start(() -> inside.serve(pair.right(), _ -> {}));
        pair.left().output().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
        Awaitility.await().until(() -> !serving.isAlive());
        assertThat(pair.left().input().read()).isNegative();
    }

    private static boolean ended(RawClient client) throws IOException {
        try {
            return client.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static void drip(RawClient client) {
        try {
            for (int i = 0; i < 100_000; i++) {
                client.send("a: b\r\n");
                Awaitility.await().pollDelay(Duration.ofMillis(20)).until(() -> true);
            }
        } catch (IOException e) {
            return;
        }
        throw new AssertionError("the server takes a head without an end");
    }

    private void assertNoConnections() {
        Awaitility.await().until(() -> connector.getConnectedEndPoints().isEmpty());
    }
}
