package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to and from the guest; the agent runs on this machine, so its loopback is ours. */
@Timeout(60)
class AgentPortsTest {
    @RegisterExtension
    static final NativeAgent AGENT = new NativeAgent();

    @Test
    void dialsAServiceOnTheLoopback() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var echo = threads.submit(() -> echoOnce(server));
            try (var stream = AGENT.link().dial("", server.getLocalPort())) {
                stream.output().write("question".getBytes(StandardCharsets.UTF_8));
                stream.shutdownOutput();

                assertThat(new String(stream.input().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("question");
                assertThat(echo.get()).isTrue();
            }
        }
    }

    @Test
    void carriesMegabytesBothWays() throws Exception {
        var bytes = new byte[10_000_000];
        new Random(3).nextBytes(bytes);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var echo = threads.submit(() -> echoOnce(server));
            try (var stream = AGENT.link().dial("127.0.0.1", server.getLocalPort())) {
                var writer = threads.submit(() -> {
                    stream.output().write(bytes);
                    stream.shutdownOutput();
                    return true;
                });
                assertThat(stream.input().readAllBytes()).isEqualTo(bytes);
                assertThat(writer.get()).isTrue();
                assertThat(echo.get()).isTrue();
            }
        }
    }

    @Test
    void saysThatNothingListens() throws Exception {
        int port;
        try (var unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        var refused = fails(Category.UNAVAILABLE, () -> AGENT.link().dial("", port));
        assertThat(refused.errno()).isEqualTo(Errno.ECONNREFUSED);
        fails(Category.INVALID, () -> AGENT.link().dial("localhost", port));
        fails(Category.INVALID, () -> AGENT.link().dial("", 0));
        fails(Category.INVALID, () -> AGENT.link().dial("", 70_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1"})
    void passesOnAReset(String host) throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var stream = AGENT.link().dial(host, server.getLocalPort());
            try (var accepted = server.accept()) {
                stream.close();
                stream.close();

                assertThatThrownBy(() -> {
                    if (accepted.getInputStream().read() < 0) {
                        throw new SocketException("ended in good order");
                    }
                }).isInstanceOf(SocketException.class).hasMessageContaining("reset");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1"})
    void closingAStreamWakesItsReader(String host) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var stream = AGENT.link().dial(host, server.getLocalPort());
            var reading = threads.submit(() -> assertThatThrownBy(() -> stream.input().read()).isInstanceOf(IOException.class));
            stream.close();
            reading.get();
        }
    }

    @Test
    void aServiceOnAnotherAddressIsReachedThroughTheAgent() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = new ServerSocket(0, 5, InetAddress.getByName("::1"))) {
            var echo = threads.submit(() -> echoOnce(server));
            try (var stream = AGENT.link().dial("", server.getLocalPort())) {
                stream.output().write('x');
                stream.shutdownOutput();
                assertThat(stream.input().readAllBytes()).isEqualTo(new byte[] {'x'});
                assertThat(echo.get()).isTrue();
            }
        }
    }

    @Test
    void theAgentsOwnPortIsNobodysService() {
        for (var host : new String[] {"", "127.0.0.1"}) {
            assertThat(fails(Category.UNAVAILABLE, () -> AGENT.link().dial(host, AGENT.address().getPort())).errno()).isEqualTo(Errno.ECONNREFUSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1"})
    void closingTheLinkBreaksItsStreams(String host) throws Exception {
        var link = AGENT.connect();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var stream = link.dial(host, server.getLocalPort());
            try (var accepted = server.accept()) {
                var reading = threads.submit(() -> assertThatThrownBy(() -> stream.input().read()).isInstanceOf(IOException.class));
                link.close();
                reading.get();
                accepted.setSoTimeout(10_000);
                assertThatThrownBy(() -> {
                    if (accepted.getInputStream().read() < 0) {
                        throw new SocketException("ended");
                    }
                }).isInstanceOf(SocketException.class);
            }
            fails(Category.UNAVAILABLE, () -> link.dial(host, server.getLocalPort()));
        }
    }

    @Test
    void servesAPortInsideTheGuest() throws Exception {
        try (var served = AGENT.link().serve("127.0.0.1", 0, AgentPortsTest::echo)) {
            assertThat(served.port()).isPositive();
            for (var i = 0; i < 10; i++) {
                assertThat(ask(served.port(), "question " + i)).isEqualTo("question " + i);
            }
            fails(Category.CONFLICT, () -> AGENT.link().serve("127.0.0.1", served.port(), AgentPortsTest::echo));
        }
    }

    @Test
    void closingEndsTheListeningButNotWhatWasAccepted() throws Exception {
        var accepted = new CompletableFuture<GuestStream>();
        var over = new CompletableFuture<Boolean>();
        var served = AGENT.link().serve("127.0.0.1", 0, stream -> {
            accepted.complete(stream);
            over.join();
        });
        try (var client = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            var stream = accepted.get(10, TimeUnit.SECONDS);
            served.close();
            await().atMost(Duration.ofSeconds(10)).untilAsserted(
                    () -> assertThatThrownBy(() -> ask(served.port(), "x")).isInstanceOf(ConnectException.class));

            stream.output().write('y');
            assertThat(client.getInputStream().read()).isEqualTo('y');
        } finally {
            over.complete(true);
        }
    }

    @Test
    void servesManyAtOnce() throws Exception {
        try (var served = AGENT.link().serve("127.0.0.1", 0, AgentPortsTest::echo);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> ask(served.port(), "q" + i)))
                    .toList();
            for (var i = 0; i < 40; i++) {
                assertThat(answers.get(i).get()).isEqualTo("q" + i);
            }
        }
    }

    private static void echo(GuestStream stream) {
        try {
            stream.input().transferTo(stream.output());
            stream.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean echoOnce(ServerSocket server) throws IOException {
        try (var socket = server.accept()) {
            socket.getInputStream().transferTo(socket.getOutputStream());
            return true;
        }
    }

    private static String ask(int port, String question) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
