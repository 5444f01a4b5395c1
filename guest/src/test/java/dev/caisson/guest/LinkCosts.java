package dev.caisson.guest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Measures what operations of the link cost with the agent as an ordinary process of this machine, on a virtual thread as in
 * the server; not a test, as it decides nothing. After {@code mvn -pl guest -am test-compile}, in {@code guest/}:
 * {@code java -XX:+UseSerialGC -cp target/test-classes:target/classes:../base/target/classes:<jars of JUnit and SLF4J>
 * dev.caisson.guest.LinkCosts}.
 */
final class LinkCosts {
    private static final int WARM_UP = 300;
    private static final int RUNS = 700;
    private static final int LARGE = 100_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NativeAgent agent;
    private final GuestLink link;

    private LinkCosts(NativeAgent agent) {
        this.agent = agent;
        this.link = agent.link();
    }

    private interface Operation {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        var agent = new NativeAgent();
        agent.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.submit(() -> {
                new LinkCosts(agent).measure(threads);
                return true;
            }).get();
        } finally {
            agent.stop();
        }
    }

    private void measure(ExecutorService threads) throws Exception {
        var folder = Files.createTempDirectory("link-costs");
        var small = folder.resolve("small").toString();
        link.write(agent.user(), small, Map.of(), new ByteArrayInputStream(new byte[100]));
        print("TCP connect and close", () -> new Socket(agent.address().getAddress(), agent.address().getPort()).close());
        print("connect, handshake, close", () -> agent.connect().close());
        print("ping", () -> link.ping(PATIENCE));
        print("stat", () -> link.stat(agent.user(), small));
        print("write 100 bytes", () -> link.write(agent.user(), small, Map.of(), new ByteArrayInputStream(new byte[100])));
        print("read 100 bytes", () -> read(small));
        print("spawn /bin/true to exit", () -> Run.of(link.spawn(TRUE)));
        print("ProcessBuilder /bin/true", () -> new ProcessBuilder("/bin/true").start().waitFor());
        transfer("raw socket copy of 100 MB", () -> rawCopy(threads));
        var large = folder.resolve("large").toString();
        transfer("write 100 MB", () -> link.write(agent.user(), large, Map.of(), new Zeros(LARGE)));
        transfer("read 100 MB", () -> read(large));
        transfer("Files.copy of 100 MB", () -> Files.copy(Path.of(large), folder.resolve("copy"), StandardCopyOption.REPLACE_EXISTING));
        link.remove(agent.user(), folder.toString());
    }

    private void read(String path) throws IOException {
        try (var file = link.read(agent.user(), path, 0, -1)) {
            file.content().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static void rawCopy(ExecutorService threads) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var received = threads.submit(() -> {
                try (var socket = server.accept()) {
                    return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            });
            try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                var buffer = new byte[Message.LARGEST_FRAME];
                for (var left = LARGE; left > 0; left -= buffer.length) {
                    socket.getOutputStream().write(buffer, 0, Math.min(left, buffer.length));
                }
            }
            received.get();
        }
    }

    private static void print(String what, Operation operation) throws Exception {
        var micros = new long[RUNS];
        for (var i = -WARM_UP; i < RUNS; i++) {
            var before = System.nanoTime();
            operation.run();
            micros[Math.max(i, 0)] = (System.nanoTime() - before) / 1000;
        }
        Arrays.sort(micros);
        System.out.printf("%-28s p50 %6d us   p90 %6d us   p99 %6d us%n",
                what, micros[RUNS / 2], micros[RUNS * 9 / 10], micros[RUNS * 99 / 100]);
    }

    private void transfer(String what, Operation operation) throws Exception {
        var millis = new long[5];
        var cpuBefore = cpu(ProcessHandle.current());
        var agentBefore = cpu(agent.process());
        for (var i = 0; i < millis.length; i++) {
            var before = System.nanoTime();
            operation.run();
            millis[i] = (System.nanoTime() - before) / 1_000_000;
        }
        Arrays.sort(millis);
        System.out.printf("%-28s %6d ms, %d MB/s; processor time per run: host %d ms, agent %d ms%n",
                what, millis[2], LARGE / 1000 / Math.max(1, millis[2]),
                (cpu(ProcessHandle.current()) - cpuBefore) / millis.length, (cpu(agent.process()) - agentBefore) / millis.length);
    }

    private static long cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow().toMillis();
    }

    private static final SpawnRequest TRUE = new SpawnRequest(
            "/bin/true", List.of(), Map.of(), Optional.of("/"), System.getProperty("user.name"), Optional.empty(), false,
            Optional.empty());

    /** So many zero bytes. */
    private static final class Zeros extends InputStream {
        private int left;

        Zeros(int size) {
            this.left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            var count = Math.min(left, length);
            left -= count;
            return count == 0 && length > 0 ? -1 : count;
        }
    }
}
