package dev.caisson.front.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.SandboxTokens;
import dev.caisson.envd.EnvdService;
import dev.caisson.front.Front;
import dev.caisson.front.Fronts;
import dev.caisson.guest.testing.StreamPair;
import dev.caisson.http.Handler;
import dev.caisson.node.CreateRequest;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that stop in the middle of a body and stay: what they hold is free after the idle time, which is short here. */
class StalledClientTest {
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final int CLIENTS = 20;

    private final FakeNode node = new FakeNode(InstantSource.system());
    private final SandboxTokens tokens = new SandboxTokens(new byte[32]);
    private final EnvdService envd = new EnvdService(node, tokens);
    private final Front front = Fronts.of(node, tokens, envd::handle, envd::findBySignature, _ -> {});
    private final SandboxInfo sandbox = node.create(
            new CreateRequest("base", "team", Duration.ofMinutes(5), false, true, Map.of(), Map.of()));
    /** Exchanges that have been and are over. */
    private final AtomicInteger handled = new AtomicInteger();
    private JettyServer server;

    @BeforeEach
    void start() throws IOException {
        server = JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), counting(front), Optional.empty(), IDLE);
    }

    @AfterEach
    void stop() {
        server.close();
        envd.close();
    }

    private Handler counting(Handler inner) {
        return exchange -> {
            try {
                inner.handle(exchange);
            } finally {
                handled.incrementAndGet();
            }
        };
    }

    private String begun(String target, String type, String body) {
        return "POST " + target + " HTTP/1.1\r\nHost: x\r\nE2b-Sandbox-Id: " + sandbox.id() + "\r\nContent-Type: " + type
                + "\r\nContent-Length: 100000\r\n\r\n" + body;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/files?path=/home/user/f application/octet-stream", "/process.Process/List application/json",
        "/process.Process/StreamInput application/connect+json"
    })
    void bodiesThatStopAreGivenUp(String call) throws Exception {
        var parts = call.split(" ");
        var clients = new ArrayList<RawClient>();
        for (var i = 0; i < CLIENTS; i++) {
            clients.add(RawClient.connect(server.address()).send(begun(parts[0], parts[1], "{")));
        }
        await().until(() -> handled.get() == CLIENTS && front.openExchanges() == 0);
        try (var next = RawClient.connect(server.address())) {
            assertThat(next.get("/health", "E2b-Sandbox-Id: " + sandbox.id()).answer().status()).isEqualTo(204);
        }
        for (var client : clients) {
            client.close();
        }
    }

    @Test
    void soAreThoseFromInside() throws Exception {
        var pair = new StreamPair();
        var serving = Thread.ofVirtual().start(() -> server.serve(pair.right(), counting(e -> front.handleFromInside(sandbox.id(), e))));
        pair.left().output().write(begun("/files?path=/home/user/f", "application/octet-stream", "x").getBytes(StandardCharsets.US_ASCII));
        await().until(() -> handled.get() == 1 && front.openExchanges() == 0);
        await().until(() -> !serving.isAlive());
    }
}
