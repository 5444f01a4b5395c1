package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.app.client.ApiClient;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Services inside real sandboxes, reached through the packaged server. */
@Tag("root")
class PortsTest {
    private static final int EVERYWHERE = 8000;
    private static final int LOOPBACK = 8001;

    private static Caisson caisson;
    private static ApiClient api;
    private static String sandbox;

    @BeforeAll
    static void up() throws Exception {
        caisson = Caisson.up();
        api = caisson.api();
        sandbox = create(Map.of()).path("sandboxID").asString();
        startServices(sandbox);
    }

    @AfterAll
    static void down() {
        api.close();
        caisson.close();
    }

    private static JsonNode create(Map<String, ?> network) {
        return api.post("/v2/sandboxes", Map.of("templateID", "base", "timeout", 1800, "network", network));
    }

    /** One on all addresses, one on each loopback. */
    private static void startServices(String id) throws IOException {
        var inside = api.connect(id);
        try (var script = PortsTest.class.getResourceAsStream("/port-service.py")) {
            inside.upload("/home/user/service.py", java.util.Objects.requireNonNull(script).readAllBytes());
        }
        for (var where : List.of("0.0.0.0 " + EVERYWHERE, "127.0.0.1 " + LOOPBACK, "::1 8002")) {
            Commands.sh(inside, "setsid python3 /home/user/service.py " + where + " </dev/null >/dev/null 2>&1 &");
        }
    }

    private static PortConnection to(String id, int port) throws IOException {
        return new PortConnection(caisson.access().url(), id, port);
    }

    @ParameterizedTest
    @CsvSource({"8000,169.254.0.22", "8001,127.0.0.1", "8002,::1"})
    void servicesAreReachedOnWhateverAddressTheyListen(int port, String peer) throws Exception {
        try (var connection = to(sandbox, port)) {
            // The first request may come before the service listens.
            var answer = connection.send("GET /peer").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(peer);
            assertThat(connection.send("GET /head", "Cookie: a", "Cookie: b").answer().body())
                    .startsWith("GET /head HTTP/1.1\r\nHost: " + port + "-" + sandbox + ".e2b.localhost\r\ncookie: a\r\ncookie: b\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 49982})
    void aClosedPortAndTheAgentsOwnSaySo(int port) throws Exception {
        try (var connection = to(sandbox, port)) {
            var answer = connection.send("GET /").answer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).isEqualTo("{\"sandboxId\":\"" + sandbox
                    + "\",\"message\":\"The sandbox is running but port is not open\",\"port\":" + port + ",\"code\":502}");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {EVERYWHERE, LOOPBACK})
    void anAnswerArrivesAlthoughTheClientStillSends(int port) throws Exception {
        try (var connection = to(sandbox, port)) {
            connection.send("POST /early", "Content-Length: 3000000");
            connection.raw(new byte[300_000]);
            var answer = connection.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("big");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {EVERYWHERE, LOOPBACK})
    void anUpgradedConnectionCarriesEveryByte(int port) throws Exception {
        try (var connection = to(sandbox, port)) {
            connection.send("GET /echo", "Connection: Upgrade", "Upgrade: echo");
            connection.raw("right behind".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(PortConnection.status(connection.head())).isEqualTo(101);
            assertThat(connection.read(12)).asString().isEqualTo("right behind");
            var megabyte = new byte[1 << 20];
            var sending = Thread.ofVirtual().start(() -> {
                try {
                    connection.raw(megabyte);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(connection.read(megabyte.length)).isEqualTo(megabyte);
            assertThat(sending.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {EVERYWHERE, LOOPBACK})
    void longAnswersComeWhole(int port) throws Exception {
        try (var connection = to(sandbox, port)) {
            connection.send("GET /bytes/20000000").head();
            assertThat(connection.read(20_000_000)).hasSize(20_000_000);
        }
    }

    @Test
    void privatePortsWantTheTokenAndAMaskedHostIsSeen() throws Exception {
        var made = create(Map.of("allowPublicTraffic", false, "maskRequestHost", "localhost:${PORT}"));
        var id = made.path("sandboxID").asString();
        startServices(id);
        try (var connection = to(id, EVERYWHERE)) {
            assertThat(connection.send("GET /head").answer().status()).isEqualTo(403);
            var token = made.path("trafficAccessToken").asString();
            var seen = connection.send("GET /head", "e2b-traffic-access-token: " + token).answer();
            assertThat(seen.status()).isEqualTo(200);
            assertThat(seen.body()).contains("Host: localhost:8000\r\n", "X-Forwarded-Host: 8000-" + id).doesNotContain(token);
            caisson.killServer();
        }
        caisson.cli("up").expectSuccess();
        try (var connection = to(id, EVERYWHERE)) {
            assertThat(connection.send("GET /head").answer().status()).as("after a restart of the server").isEqualTo(403);
        }
        assertThat(api.get("/sandboxes/" + id).path("network").path("allowPublicTraffic").asBoolean(true)).isFalse();
        api.delete("/sandboxes/" + id);
    }

    /** Nothing had been said yet, so that it may be said that the sandbox is gone. */
    private static void assertGone(PortConnection unanswered) throws IOException {
        try (unanswered) {
            assertThat(unanswered.answer().body()).contains("The sandbox was not found");
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    void aKillResetsWhatGoesOnWithPorts() throws Exception {
        var id = create(Map.of()).path("sandboxID").asString();
        startServices(id);
        var open = new ArrayList<PortConnection>();
        try {
            for (var port : new int[] {EVERYWHERE, LOOPBACK}) {
                var stream = to(id, port);
                open.add(stream);
                assertThat(PortConnection.status(stream.send("GET /stream").head())).isEqualTo(200);
                var tunnel = to(id, port);
                open.add(tunnel);
                assertThat(PortConnection.status(tunnel.send("GET /echo", "Connection: Upgrade", "Upgrade: echo").head())).isEqualTo(101);
            }
            var unanswered = to(id, EVERYWHERE).send("GET /silent");
            open.add(unanswered);
            api.delete("/sandboxes/" + id);
            open.remove(unanswered);
            assertGone(unanswered);
            for (var connection : open) {
                assertThatThrownBy(() -> {
                    while (connection.read() >= 0) {
                        // What was sent before.
                    }
                    throw new AssertionError("it ended as if all had been said");
                }).isInstanceOf(SocketException.class);
            }
            try (var after = to(id, 49983)) {
                assertThat(after.send("GET /health").answer().status()).isEqualTo(502);
            }
        } finally {
            for (var connection : open) {
                connection.close();
            }
        }
    }
}
