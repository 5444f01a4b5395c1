package dev.caisson.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileCallTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Takes a request with two files, writes to each, and answers with the request. */
    private static final String SERVER = """
            import socket, sys
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen()
            print("up", flush=True)
            connection, _ = server.accept()
            data, files, _, _ = socket.recv_fds(connection, 1, 8)
            while len(data) < int(sys.argv[2]):
                data += connection.recv(65536)
            for number, file in enumerate(files):
                open(file, "w").write("file %d" % number)
            connection.sendall(data)
            """;

    @TempDir
    Path folder;

    @Test
    void theOtherEndWritesToTheFilesAndAnswers() throws Exception {
        var request = "x".repeat(1 << 20);
        var files = List.of(folder.resolve("first"), folder.resolve("second"));
        var server = new ProcessBuilder(Command.find("python3").orElseThrow().toString(), "-c", SERVER, socket().toString(), Integer.toString(request.length())).start();
        try {
            assertThat(server.inputReader().readLine()).isEqualTo("up");
            var answer = FileCall.exchange(socket(), request.getBytes(UTF_8), files, PATIENCE, input -> input.readNBytes(request.length()));
            assertThat(answer).isEqualTo(request.getBytes(UTF_8));
            assertThat(server.waitFor()).isZero();
        } finally {
            server.destroyForcibly();
        }
        assertThat(files.getFirst()).hasContent("file 0");
        assertThat(files.getLast()).hasContent("file 1");
    }

    @Test
    void aFileThatIsThereIsNotWrittenTo() throws Exception {
        var file = Files.writeString(folder.resolve("file"), "before");
        assertCategory(() -> FileCall.exchange(socket(), new byte[1], List.of(file), PATIENCE, input -> 0), Category.CONFLICT);
        assertThat(file).hasContent("before");
    }

    @Test
    void nobodyWhoListensAndNobodyWhoAnswersAreErrors() throws Exception {
        assertCategory(() -> call(PATIENCE), Category.UNAVAILABLE);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket()))) {
            assertCategory(() -> call(Duration.ofMillis(50)), Category.TIMEOUT);
            server.accept().close();
            Thread.ofVirtual().start(() -> hangUp(server));
            assertCategory(() -> call(PATIENCE), Category.UNAVAILABLE);
        }
    }

    /** After it has read the request: an end in the middle of what was not read yet is another error. */
    private static void hangUp(ServerSocketChannel server) {
        try (var connection = server.accept()) {
            connection.read(ByteBuffer.allocate(16));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private int call(Duration patience) {
        return FileCall.exchange(socket(), "request".getBytes(UTF_8), List.of(), patience, input -> {
            int first = input.read();
            if (first < 0) {
                throw new IOException("the end");
            }
            return first;
        });
    }

    private Path socket() {
        return folder.resolve("s");
    }

    private static void assertCategory(ThrowingCallable call, Category category) {
        assertThatThrownBy(call).isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.category()).isEqualTo(category));
    }
}
