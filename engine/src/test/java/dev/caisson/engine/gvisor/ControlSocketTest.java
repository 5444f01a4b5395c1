package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a kernel that says what it should not. */
@Timeout(20)
class ControlSocketTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private ServerSocketChannel server;
    private ControlSocket socket;

    @BeforeEach
    void listen() throws IOException {
        var path = folder.resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        socket = new ControlSocket(path, "i1");
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void anAnswerEndsWithItsObjectThoughTheConnectionStaysOpen() throws Exception {
        answer("{\"success\":true,\"err\":\"\",", "\"result\":2}\n", false);
        assertThat(socket.isRunning()).isTrue();
        assertThat(requests.take()).contains("\"containerManager.ContainerRuntimeState\"").contains("\"i1\"");
    }

    @Test
    void aRefusalIsAnError() {
        answer("{\"success\":false,\"err\":\"no such container\"}", "", false);
        assertThatThrownBy(socket::pause).isInstanceOf(EngineException.class).hasMessageContaining("no such container");
    }

    @Test
    void processesArePickedOutOfALongList() {
        answer("{\"success\":true,\"err\":\"\",\"result\":[{\"exe\":\"/a\",\"env\":[\"status\",\"pid\"],\"status\":{\"comm\":\"a\",\"pid\":1,"
                + "\"vm_rss\":10},\"maps\":[{\"x\":{\"y\":1}}]},", "{\"status\":{\"comm\":\"b\",\"pid\":7,\"vm_rss\":20}}]}", false);
        assertThat(socket.processes()).containsExactly(
                new ControlSocket.GuestProcess(1, "a", 10 << 10), new ControlSocket.GuestProcess(7, "b", 20 << 10));
    }

    @Test
    void silenceIsAnErrorAfterAWhile() {
        answer("{\"success\":", "", false);
        long begun = System.nanoTime();
        assertThatThrownBy(socket::pause).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(Category.TIMEOUT));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aPauseThatComesTooLateIsUndone() throws Exception {
        var release = new CompletableFuture<Void>();
        Thread.startVirtualThread(() -> {
            serve("{\"success\":true}", release);
            serve("{\"success\":true}", CompletableFuture.completedFuture(null));
        });
        assertThatThrownBy(socket::pause).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(Category.TIMEOUT));
        assertThat(requests.take()).contains("containerManager.Pause");
        assertThat(requests).isEmpty();
        release.complete(null);
        assertThat(requests.take()).contains("containerManager.Resume");
    }

    @Test
    void aCheckpointStaysPausedAndSaysWhyItFailed() throws Exception {
        answer("{\"success\":true,\"err\":\"\"}", "", false);
        socket.checkpoint(folder, Duration.ofSeconds(10));
        assertThat(requests.take()).contains("containerManager.Checkpoint").contains("\"Resume\":true").contains("\"compression\":\"none\"");
        assertThat(folder.resolve("checkpoint.img")).isEmptyFile();
        assertThat(folder.resolve("pages.img")).isEmptyFile();

        assertCheckpointFails("{\"success\":false,\"err\":\"write: no space left on device\"}", Category.EXHAUSTED);
        assertCheckpointFails("{\"success\":false,\"err\":\"no such thing\"}", Category.UNAVAILABLE);
        assertCheckpointFails("{\"success\":", Category.TIMEOUT);
    }

    private void assertCheckpointFails(String reply, Category category) throws IOException {
        var target = Files.createTempDirectory(folder, "target");
        answer(reply, "", false);
        assertThatThrownBy(() -> socket.checkpoint(target, Duration.ofSeconds(1))).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(category));
    }

    @Test
    void anEndInTheMiddleAndAnAnswerThatIsNoJsonAreErrors() {
        for (var text : new String[] {"", "{\"success\":true", "nonsense", "[]", "{\"success\":true,\"result\":[{\"status\":{"}) {
            answer(text, "", true);
            assertThatThrownBy(socket::processes).as(text).isInstanceOfSatisfying(EngineException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
        }
    }

    @Test
    void aSocketThatIsGoneIsAnError() throws Exception {
        server.close();
        assertThatThrownBy(socket::pause).isInstanceOfSatisfying(EngineException.class,
                e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
    }

    /** Serves the next connection with one answer, given when {@code release} completes. */
    private void serve(String text, CompletableFuture<Void> release) {
        try (var connection = server.accept()) {
            var request = ByteBuffer.allocate(4096);
            connection.read(request);
            requests.add(new String(request.array(), 0, request.position(), StandardCharsets.UTF_8));
            release.join();
            connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            requests.add("failed: " + e);
        }
    }

    /** Serves the next connection: two pieces of text, then either the end or nothing more until the client leaves. */
    private void answer(String first, String second, boolean end) {
        Thread.startVirtualThread(() -> {
            try (var connection = server.accept()) {
                var request = ByteBuffer.allocate(4096);
                connection.read(request);
                requests.add(new String(request.array(), 0, request.position(), StandardCharsets.UTF_8));
                connection.write(ByteBuffer.wrap(first.getBytes(StandardCharsets.UTF_8)));
                connection.write(ByteBuffer.wrap(second.getBytes(StandardCharsets.UTF_8)));
                if (!end) {
                    connection.read(request);
                }
            } catch (IOException e) {
                requests.add("failed: " + e);
            }
        });
    }
}
