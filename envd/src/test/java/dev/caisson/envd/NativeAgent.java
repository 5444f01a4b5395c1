package dev.caisson.envd;

import dev.caisson.guest.GuestLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** The real agent as an ordinary process on this machine's loopback, built if it is not yet. Its guest is this machine. */
final class NativeAgent implements AutoCloseable {
    private static final Path SOURCES = Path.of("..", "guest-agent");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private final Process process;
    private final GuestLink link;

    NativeAgent() throws IOException, InterruptedException {
        var key = new byte[32];
        new SecureRandom().nextBytes(key);
        var port = freePort();
        var builder = new ProcessBuilder(binary().toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().put("CAISSON_LINK_KEY", HexFormat.of().formatHex(key));
        builder.environment().put("CAISSON_LINK_PORT", Integer.toString(port));
        builder.environment().put("CAISSON_LINK_ADDRESS", "127.0.0.1");
        builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
        process = builder.start();
        link = GuestLink.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), key, PATIENCE);
    }

    GuestLink link() {
        return link;
    }

    /** As if the sandbox were killed. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        link.close();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static Path binary() throws IOException, InterruptedException {
        var binary = SOURCES.resolve("build").resolve("guest-agent").toAbsolutePath().normalize();
        if (!Files.isExecutable(binary)) {
            // Another test may be at it.
            var make = new ProcessBuilder("flock", SOURCES.resolve("Makefile").toString(), "make", "-s", "-C", SOURCES.toString()).inheritIO().start();
            if (!make.waitFor(PATIENCE.toSeconds() * 4, TimeUnit.SECONDS) || make.exitValue() != 0) {
                throw new IOException("make could not build the guest agent in " + SOURCES.toAbsolutePath());
            }
        }
        return binary;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
