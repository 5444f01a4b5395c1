package dev.caisson.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An agent that does what the test says, lies and silence included, on every connection made to it. */
final class ScriptedAgent implements AutoCloseable {
    static final byte[] KEY = new byte[Handshake.KEY_BYTES];
    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final SpawnRequest TRUE =
            new SpawnRequest("true", List.of(), Map.of(), Optional.empty(), "", Optional.empty(), false, Optional.empty());
    private static final Deadline LONG = Deadline.after(Duration.ofMinutes(10));

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    /** What the agent does on one connection; it is closed afterwards. */
    @FunctionalInterface
    interface Script {
        void run(Peer peer) throws IOException;
    }

    /** What the host does with it. */
    @FunctionalInterface
    interface Use {
        void of(GuestLink link) throws Exception;
    }

    private ScriptedAgent(ServerSocket server) {
        this.server = server;
    }

    static ScriptedAgent start(Script script) throws IOException {
        var agent = new ScriptedAgent(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().name("scripted-agent").start(() -> agent.serve(script));
        return agent;
    }

    /** An agent that is honest in its handshake only, and a link to it. */
    static void use(LinkTimeouts timeouts, Script afterHandshake, Use use) throws Exception {
        use(timeouts, List.of(), afterHandshake, use);
    }

    /** The same for one that has these capabilities. */
    static void use(LinkTimeouts timeouts, List<String> capabilities, Script afterHandshake, Use use) throws Exception {
        Script script = peer -> {
            peer.greet(KEY, capabilities.toArray(String[]::new));
            afterHandshake.run(peer);
        };
        try (var agent = start(script);
                var link = GuestLink.connect(agent.address(), KEY, PATIENCE, timeouts)) {
            use.of(link);
        }
    }

    /** One attempt only, so that the connections can be counted. */
    GuestLink connectOnce() {
        return GuestLink.connectOnce(address(), KEY, PATIENCE);
    }

    /** Content without end. */
    static InputStream endless() {
        return new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                return length;
            }
        };
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) {
            socket.close();
        }
    }

    private void serve(Script script) {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> run(script, socket));
            } catch (IOException e) {
                return; // closed by the test
            }
        }
    }

    private static void run(Script script, Socket socket) {
        try (socket) {
            script.run(new Peer(socket));
        } catch (IOException e) {
            // The host went away first, which many tests are about.
            return;
        }
    }

    /** The agent's side of one connection. */
    static final class Peer {
        private final Socket socket;
        private final FrameReader reader;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            var in = socket.getInputStream();
            this.reader = new FrameReader((into, offset, length, _) -> in.read(into, offset, length));
        }

        /** An honest handshake. */
        void greet() throws IOException {
            greet(KEY);
        }

        void greet(byte[] key, String... capabilities) throws IOException {
            var hello = HandshakeTest.hello("CSNL", 1, 1, capabilities);
            send(hello);
            var auth = receive().reader();
            auth.u16();
            send(new Message(FrameType.WELCOME, Handshake.answer(key, hello, auth.fixed(32)).expectedProof()));
        }

        Message receive() throws IOException {
            return reader.message(LONG);
        }

        void send(Message message) throws IOException {
            var out = new ByteArrayOutputStream();
            message.encode(out);
            raw(out.toByteArray());
        }

        void done() throws IOException {
            send(Message.empty(FrameType.DONE));
        }

        void raw(byte... bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        /** Says and does nothing until the host closes the connection. */
        void silence() throws IOException {
            while (true) {
                receive();
            }
        }
    }
}
