package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/**
 * Ports through the server, against a connection straight to the slot's address and against a relay that only passes bytes on,
 * in turns.
 */
final class PortMeasurements {
    private static final int WARM_UP = 20;
    private static final int LARGE = 64 << 20;
    private static final int LARGE_ROUNDS = 7;

    private final URI server;
    private final RemoteSandbox sandbox;
    private final String slot;
    private final int rounds;

    /**
     * Measures one sandbox whose {@link PortService} has been started.
     *
     * @param slot the address of its slot
     */
    PortMeasurements(URI server, RemoteSandbox sandbox, String slot, int rounds) {
        this.server = server;
        this.sandbox = sandbox;
        this.slot = slot;
        this.rounds = rounds;
    }

    List<Row> all() throws Exception {
        return List.of(
                small("small GET through the port proxy, against the slot's address", PortService.EVERYWHERE),
                small("the same to a service on the guest's loopback only", PortService.LOOPBACK),
                large("64 MiB through the port proxy, against the slot's address", () -> new Socket(slot, PortService.EVERYWHERE)),
                againstARelay());
    }

    private Row againstARelay() throws Exception {
        try (var relay = SpliceRelay.to(slot, PortService.EVERYWHERE)) {
            return large("64 MiB through the port proxy, against a splice relay", relay::connect);
        }
    }

    /** What is compared with. */
    private interface Other {
        Socket connect() throws IOException;
    }

    private Row small(String what, int port) throws Exception {
        var proxied = new Samples();
        var direct = new Samples();
        try (var client = toServer()) {
            for (var round = -WARM_UP; round < 4 * rounds; round++) {
                var began = System.nanoTime();
                PortService.ask(client, host(port), 100);
                var answered = System.nanoTime();
                ask(() -> new Socket(slot, PortService.EVERYWHERE), 100);
                var ended = System.nanoTime();
                if (round >= 0) {
                    proxied.add((answered - began) / 1e6);
                    direct.add((ended - answered) / 1e6);
                }
            }
        }
        return Row.of(what, proxied, direct);
    }

    private Row large(String what, Other other) throws Exception {
        var proxied = new Samples();
        var bare = new Samples();
        try (var client = toServer()) {
            for (var round = -1; round < LARGE_ROUNDS; round++) {
                var began = System.nanoTime();
                PortService.ask(client, host(PortService.EVERYWHERE), LARGE);
                var answered = System.nanoTime();
                ask(other, LARGE);
                var ended = System.nanoTime();
                if (round >= 0) {
                    proxied.add((answered - began) / 1e6);
                    bare.add((ended - answered) / 1e6);
                }
            }
        }
        return Row.of(what, proxied, bare);
    }

    /** A connection for each request, as the proxy makes one. */
    private static void ask(Other other, int bytes) throws IOException {
        try (var socket = other.connect()) {
            socket.setTcpNoDelay(true);
            PortService.ask(socket, "localhost", bytes);
        }
    }

    private Socket toServer() throws IOException {
        var socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private String host(int port) {
        return port + "-" + sandbox.id() + ".e2b.localhost";
    }
}
