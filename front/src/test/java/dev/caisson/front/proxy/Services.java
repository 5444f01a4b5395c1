package dev.caisson.front.proxy;

import static org.awaitility.Awaitility.await;

import dev.caisson.base.SandboxId;
import dev.caisson.base.SandboxTokens;
import dev.caisson.front.Front;
import dev.caisson.front.Fronts;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.front.jetty.RawClient;
import dev.caisson.front.jetty.Wire;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.testing.FakeNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** A server with sandboxes whose services are scripts at the other end of a dialled stream. Real sockets on the client's side. */
final class Services implements AutoCloseable {
    static final int PORT = 3000;
    static final SandboxTokens TOKENS = new SandboxTokens(new byte[32]);

    private final FakeNode node = new FakeNode(InstantSource.system());
    private final Front front = Fronts.of(node, TOKENS, (_, _) -> {}, (_, _, _) -> Optional.empty(), _ -> {});
    private final JettyServer server;
    private final SandboxId sandbox = newSandbox(Ingress.OPEN);

    Services() {
        this(Wire.CLEAR);
    }

    /** @param wire what the tests reach it by */
    Services(Wire wire) {
        this.server = wire.start(front);
    }

    /** What a service does with one connection, which is closed afterwards. */
    interface Script {
        void serve(GuestStream stream) throws Exception;
    }

    /** The one that {@link #host()} names. */
    SandboxId sandbox() {
        return sandbox;
    }

    SandboxId newSandbox(Ingress ingress) {
        return node.create(new CreateRequest(
                "base", Optional.empty(), "team", Duration.ofMinutes(5), true, true, ingress, Lifecycle.ending(Duration.ofMinutes(5)), Map.of(),
                Map.of())).id();
    }

    Services serve(Script script) {
        return serve(sandbox, script);
    }

    Services serve(SandboxId id, Script script) {
        ((FakeAgent) node.agent(id)).listen(PORT, stream -> {
            try {
                script.serve(stream);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        return this;
    }

    FakeAgent agent() {
        return (FakeAgent) node.agent(sandbox);
    }

    RawClient client() throws IOException {
        return RawClient.connect(server.address());
    }

    InetSocketAddress address() {
        return server.address();
    }

    /** The header that leads to the service. */
    static String host(SandboxId id) {
        return "Host: " + PORT + "-" + id + ".e2b.localhost:4747";
    }

    String host() {
        return host(sandbox);
    }

    /** The same for HTTP/2. */
    String authority() {
        return host().substring("Host: ".length());
    }

    void kill(SandboxId id) {
        node.kill(id, EndCause.REQUEST);
        front.runEnded(id);
    }

    int openExchanges() {
        return front.openExchanges();
    }

    @Override
    public void close() {
        try {
            await().until(() -> front.openExchanges() == 0);
        } finally {
            server.close();
        }
    }

    static String head(GuestStream stream) throws IOException {
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

    static void say(GuestStream stream, String text) throws IOException {
        stream.output().write(text.getBytes(StandardCharsets.ISO_8859_1));
        stream.output().flush();
    }

    static String readText(GuestStream stream, int length) throws IOException {
        return new String(stream.input().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** A service that answers with a body of this text, whatever it was asked. */
    static Script answering(String text) {
        return stream -> {
            head(stream);
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
        };
    }

    /** A service that says this after the request's head and then no more. */
    static Script saying(String bytes) {
        return stream -> {
            head(stream);
            say(stream, bytes);
            stream.shutdownOutput();
        };
    }

    /** Reads what follows a head up to and including {@code end}. */
    static String readUntil(GuestStream stream, String end) throws IOException {
        var text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            int b = stream.input().read();
            if (b < 0) {
                throw new EOFException("ended after " + text);
            }
            text.append((char) b);
        }
        return text.toString();
    }

    /** A service that answers with the head it was sent. */
    static void echoHead(GuestStream stream) throws IOException {
        var head = head(stream);
        say(stream, "HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
    }
}
