package dev.caisson.e2e;

import static org.awaitility.Awaitility.await;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A machine somewhere in the internet, as guests see it: a namespace behind a wire of its own, with addresses that are for
 * documentation only. It writes down what it is sent.
 */
final class Outside implements AutoCloseable {
    static final int PORT = 4714;
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final String END = "end";

    /** 33 is SO_RCVBUFFORCE: nothing is to be lost while this program waits for a processor. */
    private static final String PROGRAM = """
            import socket, sys
            ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            ear.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)
            ear.bind((sys.argv[1], int(sys.argv[2])))
            with open(sys.argv[3], "w", buffering=1) as heard:
                while (text := ear.recv(100).decode()) != sys.argv[4]:
                    print(text, file=heard)
            """;

    private final String name;
    private final String address;
    private final Path heard;
    private final CompletableFuture<Command.Result> program;

    private Outside(String name, String address, Path heard) {
        this.name = name;
        this.address = address;
        this.heard = heard;
        var listener = Command.ofSystem(
                        "ip", "netns", "exec", name, SdkPackage.program("python3").toString(), "-c", PROGRAM, address, Integer.toString(PORT),
                        heard.toString(), END)
                .withDeadline(LONGEST);
        this.program = CompletableFuture.supplyAsync(listener::runAnyExit);
    }

    /** @param heard where to write what comes, a line for each datagram */
    static Outside listening(Path heard) {
        var random = ThreadLocalRandom.current();
        var name = "out" + Integer.toString(random.nextInt(36 * 36 * 36, 36 * 36 * 36 * 36), 36);
        var address = "203.0.113." + random.nextInt(1, 255);
        var wire = "198.51.100." + 4 * random.nextInt(64);
        var near = wire.replaceAll("\\d+$", Integer.toString(last(wire) + 1));
        var far = wire.replaceAll("\\d+$", Integer.toString(last(wire) + 2));
        ip("netns", "add", name);
        try {
            ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
            ip("address", "add", near + "/30", "dev", name);
            ip("link", "set", name, "up");
            ip("-n", name, "link", "set", "lo", "up");
            ip("-n", name, "address", "add", far + "/30", "dev", "eth0");
            ip("-n", name, "address", "add", address + "/32", "dev", "lo");
            ip("-n", name, "link", "set", "eth0", "up");
            ip("route", "add", address + "/32", "via", far);
            var outside = new Outside(name, address, heard);
            await().atMost(Duration.ofSeconds(30)).until(() -> outside.program.isDone() || Files.exists(heard));
            return outside;
        } catch (RuntimeException e) {
            ip("netns", "delete", name);
            throw e;
        }
    }

    private static int last(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf('.') + 1));
    }

    private static void ip(String... words) {
        Command.ofSystem("ip", words).run();
    }

    String address() {
        return address;
    }

    /** What came so far, in its order. */
    List<String> heard() {
        if (program.isDone()) {
            throw new AssertionError("the listener ended: " + program.join());
        }
        try {
            // The last line may be half written.
            var text = Files.readString(heard);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (var socket = new DatagramSocket()) {
            var end = END.getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(end, end.length, new InetSocketAddress(address, PORT)));
            program.get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the listener does not end", e);
        } finally {
            // The wire and its route go with it.
            ip("netns", "delete", name);
        }
    }
}
