package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.SandboxTokens;
import dev.caisson.envd.EnvdService;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What programs inside a sandbox find at {@code localhost:49983}: the whole server above a node in memory. */
@Timeout(60)
class InnerDoorTest {
    private static final int ENVD = 49983;

    private final FakeNode node = new FakeNode(InstantSource.system());
    private final SandboxTokens tokens = new SandboxTokens(new byte[32]);
    private final EnvdService envd = new EnvdService(node, tokens);
    private final Front front = Fronts.of(node, tokens, envd::handle, envd::findBySignature, _ -> {});
    private final SandboxInfo sandbox = secured();
    private final FakeAgent guest = (FakeAgent) node.agent(sandbox.id());
    private JettyServer server;

    @BeforeEach
    void start() throws IOException {
        server = JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), front);
        new InnerDoor(front, server::serve).open(sandbox.id(), () -> guest);
        await().until(this::isOpen);
        guest.run("sleep", process -> {});
    }

    @AfterEach
    void stop() {
        server.close();
        envd.close();
    }

    private SandboxInfo secured() {
        return node.create(new CreateRequest("base", "team", Duration.ofMinutes(5), true, true, Map.of(), Map.of()));
    }

    private boolean isOpen() {
        try (var probe = guest.connectServed(ENVD)) {
            return probe.input() != null;
        } catch (GuestException notYet) {
            return false;
        }
    }

    private String token(SandboxInfo of) {
        return tokens.envdToken(of.id(), of.tokenRotation());
    }

    private static void send(GuestStream stream, String request) throws IOException {
        stream.output().write(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String request(String head, String... headers) {
        return head + " HTTP/1.1\r\nHost: localhost:49983\r\n" + String.join("", java.util.Arrays.stream(headers)
                .map(header -> header + "\r\n").toList()) + "\r\n";
    }

    /** One request on a connection of its own. */
    private String ask(String head, String... headers) throws IOException {
        try (var stream = guest.connectServed(ENVD)) {
            var all = new ArrayList<>(java.util.List.of(headers));
            all.add("Connection: close");
            send(stream, request(head, all.toArray(String[]::new)));
            return new String(stream.input().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String readUntil(GuestStream stream, String wanted) throws IOException {
        var seen = new StringBuilder();
        while (seen.indexOf(wanted) < 0) {
            var b = stream.input().read();
            assertThat(b).as("the answer ended after: " + seen).isNotNegative();
            seen.append((char) b);
        }
        return seen.toString();
    }

    private GuestStream startSleep() throws IOException {
        var message = "{\"process\":{\"cmd\":\"sleep\"}}";
        var stream = guest.connectServed(ENVD);
        send(stream, request("POST /process.Process/Start", "X-Access-Token: " + token(sandbox),
                "Content-Type: application/connect+json", "Content-Length: " + (5 + message.length()))
                + "\0\0\0\0" + (char) message.length() + message);
        readUntil(stream, "\"start\":{\"pid\":");
        return stream;
    }

    @Test
    void healthIsOpenAndTheRestNeedsTheToken() throws IOException {
        assertThat(ask("GET /health")).startsWith("HTTP/1.1 204 ");
        assertThat(ask("GET /envs")).startsWith("HTTP/1.1 401 ").contains("\"code\":401");
        assertThat(ask("GET /envs", "X-Access-Token: " + token(sandbox))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void controlPathsAreClosedFromInsideToo() throws IOException {
        assertThat(ask("POST /init", "X-Access-Token: " + token(sandbox), "Content-Length: 0")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void nothingInTheRequestLeadsToAnotherSandbox() throws IOException {
        var other = secured();
        assertThat(ask("GET /envs", "E2b-Sandbox-Id: " + other.id(), "X-Access-Token: " + token(other)))
                .startsWith("HTTP/1.1 401 ");
        assertThat(ask("GET /envs", "E2b-Sandbox-Id: " + other.id(), "E2b-Sandbox-Port: 80", "X-Access-Token: " + token(sandbox)))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aConnectionCarriesOneRequestAfterTheOther() throws IOException {
        try (var stream = guest.connectServed(ENVD)) {
            send(stream, request("GET /health") + request("GET /envs"));
            assertThat(readUntil(stream, "\"code\":401")).startsWith("HTTP/1.1 204 ");
            send(stream, request("GET /health"));
            readUntil(stream, "HTTP/1.1 204 ");
        }
    }

    @Test
    void largeBodiesGoBothWays() throws IOException {
        var content = "0123456789abcdef".repeat(20_000);
        var upload = "X-Access-Token: " + token(sandbox);
        try (var stream = guest.connectServed(ENVD)) {
            send(stream, request("POST /files?path=/home/user/large", upload, "Content-Type: application/octet-stream",
                    "Content-Length: " + content.length()) + content);
            readUntil(stream, "large\"");
        }
        assertThat(ask("GET /files?path=/home/user/large", upload)).startsWith("HTTP/1.1 200 ").endsWith(content);
    }

    @Test
    void aClientThatLeavesFreesItsStreamThoughNothingHappens() throws IOException {
        try (var stream = startSleep()) {
            assertThat(front.openExchanges()).isOne();
            stream.close();
            await().until(() -> front.openExchanges() == 0);
        }
    }

    @Test
    void streamsBreakWhenTheSandboxEnds() throws IOException {
        try (var stream = startSleep()) {
            node.kill(sandbox.id(), EndCause.REQUEST);
            front.runEnded(sandbox.id());
            String rest;
            try {
                rest = new String(stream.input().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException reset) {
                rest = "";
            }
            assertThat(rest).doesNotContain("\r\n0\r\n\r\n");
            await().until(() -> front.openExchanges() == 0);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreCutAndTheOthersGoOn() throws IOException {
        var held = new ArrayList<GuestStream>();
        try {
            for (var i = 0; i < InnerDoor.MOST_OF_ONE_SANDBOX; i++) {
                held.add(startSleep());
            }
            try (var surplus = guest.connectServed(ENVD)) {
                assertThat(surplus.input().read()).isNegative();
            }
            held.removeFirst().close();
            await().untilAsserted(() -> assertThat(ask("GET /health")).startsWith("HTTP/1.1 204 "));
        } finally {
            held.forEach(GuestStream::close);
        }
        await().until(() -> front.openExchanges() == 0);
    }

    @Test
    void malformedRequestsAreAnsweredAndTheNextConnectionWorks() throws IOException {
        try (var stream = guest.connectServed(ENVD)) {
            send(stream, "GET /health HTTP/1.1\r\nno header\r\n\r\n");
            assertThat(readUntil(stream, "\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        }
        try (var half = guest.connectServed(ENVD)) {
            send(half, "POST /process.Process/List HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
            half.shutdownOutput();
            half.input().readAllBytes();
        }
        assertThat(ask("GET /health")).startsWith("HTTP/1.1 204 ");
    }

    @Test
    void aPortThatIsTakenDisturbsNothing() throws IOException {
        new InnerDoor(front, server::serve).open(sandbox.id(), () -> guest);
        assertThat(ask("GET /health")).startsWith("HTTP/1.1 204 ");
    }
}
