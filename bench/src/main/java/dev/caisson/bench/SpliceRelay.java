package dev.caisson.bench;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A relay that only passes bytes on, in a process of its own: {@code splice-relay.c}, compiled here by {@code gcc} with
 * {@code -O2}. What the port proxy is compared with.
 */
final class SpliceRelay implements AutoCloseable {
    private static final String SOURCE = "splice-relay.c";
    private static final Duration LIFE = Duration.ofMinutes(11);
    private final Path folder;
    private final int port;
    private final int endPort;
    private final Thread running;

    private SpliceRelay(Path folder, int port, int endPort, Thread running) {
        this.folder = folder;
        this.port = port;
        this.endPort = endPort;
        this.running = running;
    }

    /** Relays to a port of an address. */
    static SpliceRelay to(String address, int port) throws Exception {
        var folder = Files.createTempDirectory("caisson-bench-relay-");
        var source = folder.resolve(SOURCE);
        var program = folder.resolve("splice-relay");
        try (var text = Objects.requireNonNull(SpliceRelay.class.getResourceAsStream(SOURCE), SOURCE)) {
            Files.copy(text, source);
        }
        Command.ofSystem("gcc", "-O2", "-pthread", "-o", program.toString(), source.toString()).run();
        var said = new CompletableFuture<String>();
        var running = Thread.ofVirtual().name("splice relay").start(() -> {
            var command = Command.of(program, List.of(address, Integer.toString(port))).withDeadline(LIFE);
            try {
                command.runFollowing(said::complete);
            } catch (RuntimeException e) {
                said.completeExceptionally(e);
            }
        });
        var ports = said.get(20, TimeUnit.SECONDS).split(" ");
        return new SpliceRelay(folder, Integer.parseInt(ports[0]), Integer.parseInt(ports[1]), running);
    }

    Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public void close() throws Exception {
        new Socket(InetAddress.getLoopbackAddress(), endPort).close();
        running.join();
        Folders.remove(folder);
    }
}
