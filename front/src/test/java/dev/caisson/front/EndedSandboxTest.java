package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.SandboxTokens;
import dev.caisson.envd.EnvdService;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.front.jetty.RawClient;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.Handler;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of a sandbox see when it ends under them: the whole server above a node in memory. */
class EndedSandboxTest {
    private final FakeNode node = new FakeNode(InstantSource.system());
    private final SandboxTokens tokens = new SandboxTokens(new byte[32]);
    private final EnvdService envd = new EnvdService(node, tokens);
    private final Front front = Fronts.of(node, tokens, envd::handle, envd::findBySignature, _ -> {});
    private final SandboxInfo sandbox = node.create(
            new CreateRequest("base", "team", Duration.ofMinutes(5), true, true, Map.of(), Map.of()));
    private JettyServer server = start();

    private JettyServer start() {
        try {
            return JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), front);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void program() {
        ((FakeAgent) node.agent(sandbox.id())).run("/bin/bash", process -> process.print("hello"));
    }

    @AfterEach
    void stop() {
        await().until(() -> front.openExchanges() == 0);
        server.close();
        envd.close();
    }

    private RawClient client() throws IOException {
        return RawClient.connect(server.address());
    }

    private String[] headers(String... more) {
        var headers = new String[more.length + 3];
        headers[0] = "E2b-Sandbox-Id: " + sandbox.id();
        headers[1] = "E2b-Sandbox-Port: 49983";
        headers[2] = "X-Access-Token: " + tokens.envdToken(sandbox.id(), sandbox.tokenRotation());
        System.arraycopy(more, 0, headers, 3, more.length);
        return headers;
    }

    private void startCommand(RawClient client) throws IOException {
        var message = "{\"process\":{\"cmd\":\"/bin/bash\",\"args\":[\"-l\",\"-c\",\"cat\"]}}".getBytes(StandardCharsets.UTF_8);
        var frame = ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
        client.request("POST", "/process.Process/Start", new String(frame, StandardCharsets.ISO_8859_1),
                headers("Content-Type: application/connect+json", "Connect-Protocol-Version: 1"));
        assertThat(client.head().status()).isEqualTo(200);
        var seen = new StringBuilder();
        while (!seen.toString().contains("aGVsbG8=")) {
            seen.append(new String(client.chunk(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRunningCommandIsResetAndNothingLooksLikeItsEnd(boolean frontIsTold) throws Exception {
        try (var client = client()) {
            startCommand(client);
            node.kill(sandbox.id(), EndCause.REQUEST);
            if (frontIsTold) {
                front.runEnded(sandbox.id());
            }
            assertThatThrownBy(() -> {
                while (client.read() >= 0) {
                    // Whatever still comes, the end must be a reset.
                }
            }).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void healthIs204BeforeAnd502After() throws Exception {
        try (var client = client()) {
            assertThat(client.get("/health", headers()).answer().status()).isEqualTo(204);
            node.kill(sandbox.id(), EndCause.DEADLINE);
            var answer = client.get("/health", headers()).answer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("was not found");
        }
    }

    /** The client has the answer and sends its next request while the server still has the first exchange in its books. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWholeAnswerIsNotCutOffAfterwards(boolean hasItFromTheSandbox) throws Exception {
        var ending = new CompletableFuture<Front>();
        ending.complete(Fronts.of(node, tokens, (_, exchange) -> {
            if (!hasItFromTheSandbox) {
                node.kill(sandbox.id(), EndCause.DEADLINE);
            }
            exchange.send(200, "whole".getBytes(StandardCharsets.UTF_8));
        }, envd::findBySignature, _ -> {}));
        Handler told = exchange -> ending.join().handle(new ForwardingExchange(exchange) {
            @Override
            public void send(int status, byte[] body) throws IOException {
                super.send(status, body);
                node.kill(sandbox.id(), EndCause.DEADLINE);
                ending.join().runEnded(sandbox.id());
            }
        });
        try (var other = JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), told);
                var client = RawClient.connect(other.address())) {
            assertThat(client.get("/health", headers()).answer().status()).isEqualTo(hasItFromTheSandbox ? 200 : 502);
            assertThat(client.get("/health", headers()).answer().status()).isEqualTo(502);
        }
    }

    @Test
    void aClientThatLeavesItsCommandIsForgotten() throws Exception {
        try (var client = client()) {
            startCommand(client);
            assertThat(front.openExchanges()).isEqualTo(1);
        }
        await().until(() -> front.openExchanges() == 0);
        assertThat(node.agent(sandbox.id()).processes()).hasSize(1);
    }
}
