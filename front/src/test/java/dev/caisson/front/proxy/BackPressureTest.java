package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.CleanupStack;
import dev.caisson.front.jetty.RawClient;
import dev.caisson.front.jetty.RawH2;
import dev.caisson.guest.GuestStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever does not read holds the other side back; nothing gathers in memory. The service is behind a real socket here. */
class BackPressureTest {
    /** More than the sockets' buffers of all four ends together can hold. */
    private static final long FAR_MORE = 200L << 20;
    private static final int CLIENTS = 16;
    private static final int PORT = 3000;

    private final AtomicLong sent = new AtomicLong();
    private Services services;
    private ServerSocket service;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
        service = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        service.setSoTimeout(20_000);
        services.agent().listenWith(PORT, () -> Plain.to(service));
    }

    @AfterEach
    void stop() throws Exception {
        services.close();
        service.close();
    }

    private record Plain(Socket socket, InputStream input, OutputStream output) implements GuestStream {
        static Plain to(ServerSocket service) {
            try {
                var socket = new Socket(service.getInetAddress(), service.getLocalPort());
                return new Plain(socket, socket.getInputStream(), socket.getOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void shutdownOutput() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void awaitStandstill(long most) {
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(300)).until(() -> {
            long before = sent.get();
            await().pollDelay(Duration.ofMillis(250)).until(() -> true);
            return before > 0 && sent.get() == before;
        });
        assertThat(sent.get()).isLessThan(most);
    }

    private void pour(OutputStream out) {
        var piece = new byte[64 * 1024];
        try {
            for (long poured = 0; poured < FAR_MORE; poured += piece.length) {
                out.write(piece);
                sent.addAndGet(piece.length);
            }
        } catch (IOException e) {
            // Whoever did not read has left.
            return;
        }
    }

    @Test
    void aClientThatDoesNotReadStopsTheService() throws Exception {
        try (var client = services.client()) {
            client.get("/", services.host());
            try (var accepted = service.accept()) {
                accepted.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(FAR_MORE).getBytes(StandardCharsets.US_ASCII));
                var out = accepted.getOutputStream();
                var pouring = Thread.ofVirtual().start(() -> pour(out));
                awaitStandstill(FAR_MORE / 4);
                readSome(client);
                client.reset();
                assertThat(pouring.join(Duration.ofSeconds(15))).isTrue();
            }
        }
    }

    @Test
    void aServiceThatDoesNotReadStopsTheClient() throws Exception {
        try (var client = services.client()) {
            client.request("POST", "/", "", services.host(), "Content-Length: " + FAR_MORE);
            try (var accepted = service.accept()) {
                var pouring = Thread.ofVirtual().start(() -> pour(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        client.send(new byte[] {(byte) b});
                    }

                    @Override
                    public void write(byte[] bytes) throws IOException {
                        client.send(bytes);
                    }
                }));
                awaitStandstill(FAR_MORE / 4);
                long before = sent.get();
                assertThat(accepted.getInputStream().readNBytes(8 << 20)).hasSize(8 << 20);
                await().until(() -> sent.get() > before);
                client.reset();
                assertThat(pouring.join(Duration.ofSeconds(15))).isTrue();
            }
        }
    }

    /** How a client asks for what it does not read. */
    enum Deaf {
        ANSWER("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(FAR_MORE)),
        ANSWER_IN_CHUNKS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n".formatted(FAR_MORE)),
        UPGRADED("HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: any\r\n\r\n"),
        MULTIPLEXED("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(FAR_MORE));

        private final String head;

        Deaf(String head) {
            this.head = head;
        }

        AutoCloseable ask(Services services) throws IOException {
            return switch (this) {
                case ANSWER, ANSWER_IN_CHUNKS -> services.client().get("/", services.host());
                case UPGRADED -> services.client().get("/", services.host(), "Connection: Upgrade", "Upgrade: any");
                case MULTIPLEXED -> {
                    var client = RawH2.connect(services.address());
                    client.request("GET", "/", services.authority(), true);
                    yield client;
                }
            };
        }
    }

    /** What the kernel's buffers hold is the kernel's; the server itself keeps a little for each of them. */
    @ParameterizedTest
    @EnumSource
    void manyClientsThatDoNotReadCostTheServerLittle(Deaf kind) throws Exception {
        try (var undo = new CleanupStack()) {
            long before = memory();
            var pouring = new ArrayList<Thread>();
            for (int i = 0; i < CLIENTS; i++) {
                var client = kind.ask(services);
                undo.push("close a client", client::close);
                var accepted = service.accept();
                undo.push("close its service", accepted::close);
                accepted.getOutputStream().write(kind.head.getBytes(StandardCharsets.US_ASCII));
                var out = accepted.getOutputStream();
                pouring.add(Thread.ofVirtual().start(() -> pour(out)));
            }
            awaitStandstill(CLIENTS * FAR_MORE / 4);
            assertThat(memory() - before).isLessThan(CLIENTS * (1L << 20));
            assertThat(pouring).allMatch(Thread::isAlive);
        }
    }

    /** What this process holds, after what nobody refers to has gone. */
    private static long memory() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory()
                + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    private void readSome(RawClient client) throws IOException {
        long before = sent.get();
        assertThat(client.read(8 << 20)).hasSize(8 << 20);
        await().until(() -> sent.get() > before);
    }
}
