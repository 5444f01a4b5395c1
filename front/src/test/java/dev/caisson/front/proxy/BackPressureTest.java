package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.front.jetty.RawClient;
import dev.caisson.guest.GuestStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever does not read holds the other side back; nothing gathers in memory. The service is behind a real socket here. */
class BackPressureTest {
    /** More than the sockets' buffers of all four ends together can hold. */
    private static final long FAR_MORE = 200L << 20;
    private static final int PORT = 3000;

    private final AtomicLong sent = new AtomicLong();
    private Services services;
    private ServerSocket service;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
        service = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
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

    private void awaitStandstill() {
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(300)).until(() -> {
            long before = sent.get();
            await().pollDelay(Duration.ofMillis(250)).until(() -> true);
            return before > 0 && sent.get() == before;
        });
        assertThat(sent.get()).isLessThan(FAR_MORE / 4);
    }

    private void pour(OutputStream out) {
        var piece = new byte[64 * 1024];
        try {
            while (sent.get() < FAR_MORE) {
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
                accepted.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(FAR_MORE).getBytes(
                        java.nio.charset.StandardCharsets.US_ASCII));
                var out = accepted.getOutputStream();
                var pouring = Thread.ofVirtual().start(() -> pour(out));
                awaitStandstill();
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
                awaitStandstill();
                long before = sent.get();
                assertThat(accepted.getInputStream().readNBytes(8 << 20)).hasSize(8 << 20);
                await().until(() -> sent.get() > before);
                client.reset();
                assertThat(pouring.join(Duration.ofSeconds(15))).isTrue();
            }
        }
    }

    private void readSome(RawClient client) throws IOException {
        long before = sent.get();
        assertThat(client.read(8 << 20)).hasSize(8 << 20);
        await().until(() -> sent.get() > before);
    }
}
