package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/**
 * Ports through the server, against a connection straight to the slot's address, in turns. Nothing that relays can be faster
 * than the latter, a bare splice relay included.
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
                large("64 MiB through the port proxy, against the slot's address", PortService.EVERYWHERE));
    }

    private Row small(String what, int port) throws Exception {
        var proxied = new Samples();
        var direct = new Samples();
        try (var client = toServer()) {
            for (var round = -WARM_UP; round < 4 * rounds; round++) {
                var began = System.nanoTime();
                PortService.ask(client, host(port), 100);
                var answered = System.nanoTime();
                straight(100);
                var ended = System.nanoTime();
                if (round >= 0) {
                    proxied.add((answered - began) / 1e6);
                    direct.add((ended - answered) / 1e6);
                }
            }
        }
        return Row.of(what, proxied, direct);
    }

    private Row large(String what, int port) throws Exception {
        var proxied = new Samples();
        var direct = new Samples();
        try (var client = toServer()) {
            for (var round = -1; round < LARGE_ROUNDS; round++) {
                var began = System.nanoTime();
                PortService.ask(client, host(port), LARGE);
                var answered = System.nanoTime();
                straight(LARGE);
                var ended = System.nanoTime();
                if (round >= 0) {
                    proxied.add((answered - began) / 1e6);
                    direct.add((ended - answered) / 1e6);
                }
            }
        }
        return Row.of(what, proxied, direct);
    }

    /** A connection for each request, as the proxy makes one. */
    private void straight(int bytes) throws IOException {
        try (var socket = new Socket(slot, PortService.EVERYWHERE)) {
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
