package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.SandboxId;
import dev.caisson.base.SandboxTokens;
import dev.caisson.front.Front;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.front.jetty.RawClient;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.testing.FakeNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets to the server; the services are scripts at the other end of a dialled stream. */
class PortProxyTest {
    private static final int PORT = 3000;

    private final FakeNode node = new FakeNode(InstantSource.system());
    private final SandboxId sandbox = newSandbox();
    private final Front front = new Front(node, new SandboxTokens(new byte[32]), (_, _) -> {}, (_, _, _) -> Optional.empty(), _ -> {});
    private Optional<JettyServer> server = Optional.empty();

    /** What a service does with one connection. */
    private interface Script {
        void serve(GuestStream stream) throws Exception;
    }

    @BeforeEach
    void start() throws IOException {
        server = Optional.of(JettyServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), front));
    }

    @AfterEach
    void stop() {
        await().until(() -> front.openExchanges() == 0);
        server.ifPresent(JettyServer::close);
    }

    private SandboxId newSandbox() {
        return node.create(new CreateRequest("base", "team", Duration.ofMinutes(5), true, true, Map.of(), Map.of())).id();
    }

    private void serve(SandboxId id, Script script) {
        ((FakeAgent) node.agent(id)).listen(PORT, stream -> {
            try {
                script.serve(stream);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private RawClient client() throws IOException {
        return RawClient.connect(server.orElseThrow().address());
    }

    private String host(SandboxId id) {
        return "Host: " + PORT + "-" + id + ".e2b.localhost:4747";
    }

    private String host() {
        return host(sandbox);
    }

    private static String head(GuestStream stream) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = stream.input().read();
            if (b < 0) {
                throw new EOFException("no whole head: " + head);
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void say(GuestStream stream, String text) throws IOException {
        stream.output().write(text.getBytes(StandardCharsets.ISO_8859_1));
        stream.output().flush();
    }

    private static String readText(GuestStream stream, int length) throws IOException {
        return new String(stream.input().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void theRequestPassesAsItCameButForItsConnection() throws Exception {
        var seen = new CompletableFuture<String>();
        serve(sandbox, stream -> {
            seen.complete(head(stream));
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        try (var client = client()) {
            client.get("/a%2Fb//c/../d?x=%zz", host(), "Accept: */*", "X-Private: 1", "Connection: keep-alive, X-Private",
                    "Keep-Alive: 5", "Cookie: a", "Cookie: b", "X-Empty:");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("GET /a%2Fb//c/../d?x=%zz HTTP/1.1\r\n" + host()
                + "\r\naccept: */*\r\ncookie: a\r\ncookie: b\r\nx-empty: \r\nConnection: close\r\n\r\n");
    }

    @Test
    void theAnswerPassesAsItCameButForItsConnection() throws Exception {
        serve(sandbox, stream -> {
            head(stream);
            say(stream, "HTTP/1.1 418 I am\r\nContent-Length: 3\r\nDate: yesterday\r\nServer: mine\r\nSet-Cookie: a\r\n"
                    + "Set-Cookie: b\r\nX-Hop: 1\r\nConnection: close, x-hop\r\nKeep-Alive: 1\r\n\r\nabc");
        });
        try (var client = client()) {
            var answer = client.get("/", host()).answer();
            assertThat(answer.status()).isEqualTo(418);
            assertThat(answer.body()).isEqualTo("abc");
            assertThat(answer.all("Set-Cookie")).containsExactly("a", "b");
            assertThat(answer.all("Date")).containsExactly("yesterday");
            assertThat(answer.header("Server")).contains("mine");
            assertThat(answer.header("X-Hop")).isEmpty();
            assertThat(answer.header("Keep-Alive")).isEmpty();
            assertThat(answer.header("Connection")).isEmpty();
            assertThat(client.get("/", host()).answer().body()).isEqualTo("abc");
        }
    }

    @Test
    void bodiesKeepTheirFraming() throws Exception {
        serve(sandbox, stream -> {
            var head = head(stream);
            var rest = head.contains("content-length: 4") ? readText(stream, 4) : readText(stream, 28);
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: " + rest.length() + "\r\n\r\n" + rest);
        });
        try (var client = client()) {
            assertThat(client.request("POST", "/", "body", host()).answer().body()).isEqualTo("body");
            client.send("PUT / HTTP/1.1\r\n" + host() + "\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 12345\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("4\r\nbody\r\n0\r\nx-sum: 12345\r\n\r\n".substring(0, 28));
        }
    }

    @Test
    void piecesOfAnAnswerPassAsTheyComeWithTheirTrailers() throws Exception {
        var more = new CountDownLatch(1);
        serve(sandbox, stream -> {
            head(stream);
            say(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3;ext=1\r\none\r\n");
            assertThat(more.await(15, TimeUnit.SECONDS)).isTrue();
            say(stream, "3\r\ntwo\r\n0\r\nX-Sum: 6\r\n\r\n");
        });
        try (var client = client()) {
            client.get("/", host()).head();
            assertThat(client.chunk()).asString().isEqualTo("one");
            more.countDown();
            assertThat(client.chunk()).asString().isEqualTo("two");
            assertThat(client.chunk()).isEmpty();
            assertThat(client.trailers()).containsExactly("X-Sum: 6");
        }
    }

    @Test
    void anAnswerThatTheEndOfTheConnectionEndsIsWhole() throws Exception {
        serve(sandbox, stream -> {
            head(stream);
            say(stream, "HTTP/1.0 200 OK\r\n\r\nuntil the end");
            stream.shutdownOutput();
        });
        try (var client = client()) {
            assertThat(client.get("/", host()).answer().body()).isEqualTo("until the end");
        }
    }

    @Test
    void answersWithoutBodyHaveNone() throws Exception {
        serve(sandbox, stream -> {
            var head = head(stream);
            say(stream, head.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
                    : head.contains("/304") ? "HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 99\r\n\r\n"
                    : "HTTP/1.1 204 No Content\r\n\r\n");
        });
        try (var client = client()) {
            client.request("HEAD", "/", "", host());
            assertThat(client.head().header("Content-Length")).contains("1234");
            assertThat(client.get("/304", host()).answer().header("ETag")).contains("x");
            assertThat(client.get("/204", host()).answer().status()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n"})
    void aServiceThatDiesInItsAnswerIsACutAnswer(String beginning) throws Exception {
        serve(sandbox, stream -> {
            head(stream);
            say(stream, beginning);
            stream.shutdownOutput();
        });
        try (var client = client()) {
            assertThatThrownBy(() -> {
                client.get("/", host()).answer();
                client.read(1000);
                throw new AssertionError("the answer looked complete");
            }).isInstanceOf(SocketException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nbad header: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"})
    void aServiceThatDoesNotAnswerInHttpIs502(String nonsense) throws Exception {
        serve(sandbox, stream -> {
            head(stream);
            say(stream, nonsense);
            stream.shutdownOutput();
        });
        try (var client = client()) {
            for (int i = 0; i < 2; i++) {
                var answer = client.get("/", host()).answer();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).isEqualTo("Failed to route request to sandbox");
            }
        }
    }

    @Test
    void aServiceMayAnswerBeforeItHasReadTheBody() throws Exception {
        serve(sandbox, stream -> {
            head(stream);
            say(stream, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
        });
        try (var client = client()) {
            client.send("POST / HTTP/1.1\r\n" + host() + "\r\nContent-Length: 1000000\r\n\r\n");
            for (int i = 0; i < 10; i++) {
                client.send(new byte[100_000]);
            }
            assertThat(client.answer().body()).isEqualTo("big");
        }
    }

    @Test
    void theServiceDecidesWhetherTheClientContinues() throws Exception {
        serve(sandbox, stream -> {
            var head = head(stream);
            assertThat(head).contains("expect: 100-continue");
            if (head.contains("/no")) {
                say(stream, "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
                return;
            }
            say(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + readText(stream, 2));
        });
        try (var client = client()) {
            client.send("POST / HTTP/1.1\r\n" + host() + "\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(100);
            assertThat(client.send("ok").answer().body()).isEqualTo("ok");
            client.send("POST /no HTTP/1.1\r\n" + host() + "\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(417);
        }
    }

    @Test
    void anUpgradePassesAndThenEveryByte() throws Exception {
        var content = new byte[2_000_000];
        new Random(7).nextBytes(content);
        serve(sandbox, stream -> {
            assertThat(head(stream)).contains("Connection: Upgrade\r\nUpgrade: websocket\r\n", "sec-websocket-key: k");
            say(stream, "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\nfirst");
            var buffer = new byte[8192];
            for (int n = stream.input().read(buffer); n >= 0; n = stream.input().read(buffer)) {
                stream.output().write(buffer, 0, n);
            }
            stream.shutdownOutput();
        });
        try (var client = client()) {
            client.get("/ws", host(), "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k");
            var answer = client.head();
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("Upgrade")).contains("websocket");
            assertThat(answer.header("Sec-WebSocket-Accept")).contains("a");
            assertThat(client.read(5)).asString().isEqualTo("first");
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(content);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(client.read(content.length)).isEqualTo(content);
            assertThat(client.read()).isEqualTo(-1);
            assertThat(sender.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void aRefusedUpgradeIsAnOrdinaryAnswer() throws Exception {
        serve(sandbox, stream -> {
            head(stream);
            say(stream, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
        });
        try (var client = client()) {
            var answer = client.get("/ws", host(), "Connection: Upgrade", "Upgrade: websocket").answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("no");
        }
    }

    @Test
    void aClientThatLeavesClosesTheConnectionToTheService() throws Exception {
        var closed = new CountDownLatch(1);
        serve(sandbox, stream -> {
            head(stream);
            say(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
            try {
                while (stream.input().read() >= 0) {
                    // Nothing comes; the end is what is waited for.
                }
            } catch (IOException e) {
                closed.countDown();
                return;
            }
            closed.countDown();
        });
        try (var client = client()) {
            client.get("/", host()).head();
            assertThat(client.chunk()).asString().isEqualTo("data: 1\n\n");
        }
        assertThat(closed.await(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void killingASandboxResetsItsStreamsAndTunnelsAndAnswers502After() throws Exception {
        var other = newSandbox();
        Script streaming = stream -> {
            if (head(stream).contains("Upgrade")) {
                say(stream, "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            } else {
                say(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
            }
            try {
                stream.input().read();
            } catch (IOException e) {
                return;
            }
        };
        serve(sandbox, streaming);
        serve(other, streaming);
        try (var stream = client(); var tunnel = client(); var foreign = client()) {
            stream.get("/", host()).head();
            assertThat(stream.chunk()).asString().isEqualTo("x");
            assertThat(tunnel.get("/", host(), "Connection: Upgrade", "Upgrade: x").head().status()).isEqualTo(101);
            foreign.get("/", host(other)).head();
            assertThat(foreign.chunk()).asString().isEqualTo("x");

            node.kill(sandbox, EndCause.REQUEST);
            front.sandboxEnded(sandbox);

            assertThatThrownBy(() -> stream.read(10)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> tunnel.read(10)).isInstanceOf(SocketException.class);
            assertThat(front.openExchanges()).isGreaterThan(0);
            try (var after = client()) {
                assertThat(after.get("/", host()).answer().body()).contains("The sandbox was not found");
            }
        }
    }

    @Test
    void requestsForSeveralSandboxesShareAConnection() throws Exception {
        var other = newSandbox();
        serve(sandbox, stream -> {
            head(stream);
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        });
        serve(other, stream -> {
            head(stream);
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
        });
        try (var client = client()) {
            client.get("/", host()).get("/", host(other)).get("/", host(), "E2b-Sandbox-Id: " + other, "E2b-Sandbox-Port: " + PORT);
            assertThat(client.answer().body() + client.answer().body() + client.answer().body()).isEqualTo("122");
        }
    }

    @Test
    void longBodiesPassUnchangedBothWays() throws Exception {
        var content = new byte[3_000_000];
        new Random(5).nextBytes(content);
        serve(sandbox, stream -> {
            head(stream);
            var body = stream.input().readNBytes(content.length);
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
            stream.output().write(body);
        });
        try (var client = client()) {
            client.send("POST / HTTP/1.1\r\n" + host() + "\r\nContent-Length: " + content.length + "\r\n\r\n");
            client.send(content).head();
            assertThat(client.read(content.length)).isEqualTo(content);
        }
    }
}
