package dev.caisson.guest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The real agent as an ordinary process of this machine, on a port of the loopback; made with {@code make} first where it is
 * not up to date. It runs as whoever runs the test, and so do its processes.
 */
final class NativeAgent implements BeforeAllCallback, AfterAllCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Optional<Process> process = Optional.empty();
    private Optional<GuestLink> link = Optional.empty();
    private InetSocketAddress address = new InetSocketAddress(0);
    private byte[] key = new byte[Handshake.KEY_BYTES];

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        stop();
    }

    void start() throws IOException, InterruptedException {
        var program = built();
        new SecureRandom().nextBytes(key);
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
        }
        var builder = new ProcessBuilder(program.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
        builder.environment().put("CAISSON_LINK_KEY", HexFormat.of().formatHex(key));
        builder.environment().put("CAISSON_LINK_ADDRESS", address.getAddress().getHostAddress());
        builder.environment().put("CAISSON_LINK_PORT", Integer.toString(address.getPort()));
        process = Optional.of(builder.start());
        link = Optional.of(connect());
    }

    /** Ends it, and what it started through the link. */
    void stop() throws InterruptedException {
        link.ifPresent(GuestLink::close);
        kill();
    }

    /** Ends the agent as a crash would. */
    void kill() throws InterruptedException {
        if (process.isPresent()) {
            var children = process.get().descendants().toList();
            process.get().destroyForcibly();
            if (!process.get().waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the agent, process " + process.get().pid() + ", does not end");
            }
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    GuestLink link() {
        return link.orElseThrow();
    }

    ProcessHandle process() {
        return process.orElseThrow().toHandle();
    }

    /** Another link to the same agent. */
    GuestLink connect() {
        return GuestLink.connect(address, key, PATIENCE);
    }

    InetSocketAddress address() {
        return address;
    }

    byte[] key() {
        return key.clone();
    }

    /** Whoever runs the test: without root, the agent cannot act for anybody else. */
    String user() {
        return System.getProperty("user.name");
    }

    private static Path built() throws IOException, InterruptedException {
        var source = source(Path.of("").toAbsolutePath());
        var make = new ProcessBuilder("make", "-s", "-C", source.toString()).redirectErrorStream(true).start();
        var said = new String(make.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (make.waitFor() != 0) {
            throw new AssertionError("'make -C " + source + "' failed; it needs gcc, musl-tools and make. It said: " + said);
        }
        return source.resolve("build/guest-agent");
    }

    private static Path source(Path below) {
        for (var folder = below; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("guest-agent/Makefile"))) {
                return folder.resolve("guest-agent");
            }
        }
        throw new AssertionError("there is no folder guest-agent above " + below);
    }
}
