package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;

/**
 * Files through the server, in turns with two others that are bare: the tool's {@code exec} with {@code cat}, which never touches
 * the network, and a socket straight to a {@link PortService} in the same guest, which never touches a file.
 */
final class FileMeasurements {
    private static final int BYTES = 64 << 20;
    private static final int ROUNDS = 7;
    private static final String PATH = "/home/user/file";

    private final RemoteSandbox sandbox;
    private final BareTool.Sandbox tool;
    private final String slot;

    /**
     * Measures one sandbox whose {@link PortService} has been started.
     *
     * @param tool a sandbox of the bare tool's, started
     * @param slot the address of the sandbox's slot
     */
    FileMeasurements(RemoteSandbox sandbox, BareTool.Sandbox tool, String slot) {
        this.sandbox = sandbox;
        this.tool = tool;
        this.slot = slot;
    }

    List<Row> all() throws Exception {
        var up = new Samples();
        var down = new Samples();
        var toolUp = new Samples();
        var toolDown = new Samples();
        var socketUp = new Samples();
        var socketDown = new Samples();
        var content = new byte[BYTES];
        new Random(1).nextBytes(content);
        var received = Files.createTempFile("caisson-bench", ".bin");
        try {
            for (var round = 0; round < ROUNDS; round++) {
                up.time(Executors.callable(() -> sandbox.upload(PATH, content)));
                down.time(Executors.callable(() -> sandbox.download(PATH, received)));
                toolUp.time(Executors.callable(() -> tool.upload(content, PATH)));
                toolDown.time(Executors.callable(() -> tool.download(PATH, received)));
                socketUp.time(() -> socket(socket -> PortService.give(socket, "localhost", content)));
                socketDown.time(() -> socket(socket -> PortService.ask(socket, "localhost", BYTES)));
                Files.write(received, new byte[0]);
            }
        } finally {
            Files.delete(received);
        }
        return List.of(
                Row.of("64 MiB up by POST /files, against exec cat", up, toolUp),
                Row.of("64 MiB up by POST /files, against a raw socket into the guest", up, socketUp),
                Row.of("64 MiB down by GET /files, against exec cat", down, toolDown),
                Row.of("64 MiB down by GET /files, against a raw socket into the guest", down, socketDown));
    }

    private interface Exchange {
        void on(Socket socket) throws IOException;
    }

    private boolean socket(Exchange exchange) throws IOException {
        try (var socket = new Socket(slot, PortService.EVERYWHERE)) {
            socket.setTcpNoDelay(true);
            exchange.on(socket);
        }
        return true;
    }
}
