package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.linux.FileCall;
import dev.caisson.linux.LinuxException;
import dev.caisson.linux.UrgentThreads;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The control socket of one sandbox's kernel: one JSON document per request and per reply, no framing, one call per
 * connection here. The protocol is internal to the pinned build; the contract suite covers what is used of it. Safe for
 * use by many threads.
 */
record ControlSocket(Path path, String id) {
    /** The sandbox's kernel answers within a millisecond; one that does not within this is wedged. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int RUNNING = 2;
    private static final int SIGKILL = 9;
    /** A list of processes holds arguments and environments that the guest chose. */
    private static final long LONGEST_ANSWER = 256L << 20;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(LONGEST_ANSWER).build()).build())
            // The connection stays open after an answer: what follows it must not be waited for.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * A process inside.
     *
     * @param pid as the sandbox's kernel counts
     * @param name the program's short name
     * @param residentBytes memory that is its own at the moment
     */
    record GuestProcess(int pid, String name, long residentBytes) {}

    /** Takes what it wants of an answer while it arrives. */
    private interface Answer<T> {
        T from(JsonParser parser) throws IOException;
    }

    boolean isRunning() {
        return call("ContainerRuntimeState", id, ControlSocket::result).asInt() == RUNNING;
    }

    /**
     * Stops all processes.
     *
     * @throws EngineException if that did not happen in time; should it still happen later, it is undone at once
     */
    void pause() {
        pause(PATIENCE);
    }

    /** Returns once the kernel is done with what it was told before, such as to save itself. All processes are as they were then. */
    void settle(Duration patience) {
        pause(patience);
        resume();
    }

    private void pause(Duration patience) {
        var paused = new CompletableFuture<Boolean>();
        UrgentThreads.start("pause " + id, () -> pauseUnlessLate(paused));
        try {
            paused.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (paused.completeExceptionally(e)) {
                throw late("Pause", patience, e);
            }
        } catch (ExecutionException e) {
            throw undone("Pause", e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            paused.completeExceptionally(e);
            throw undone("Pause", e);
        }
    }

    private void pauseUnlessLate(CompletableFuture<Boolean> paused) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            exchange(channel, "Pause", Map.of(), ControlSocket::result);
        } catch (IOException e) {
            paused.completeExceptionally(e);
            return;
        }
        if (!paused.complete(true)) {
            // Whoever wanted it has given up, and takes the sandbox to be running.
            resume();
        }
    }

    /** Must match an earlier {@link #pause}: another one ends the sandbox. */
    void resume() {
        call("Resume", Map.of(), ControlSocket::result);
    }

    /**
     * Has a kernel that is paused write its state into three new files of a folder. It stays paused, also if this fails; after a
     * failure it may be at it still, see {@link #settle}.
     *
     * @throws EngineException {@code EXHAUSTED} if the file system is full; {@code UNAVAILABLE} if the kernel has ended or refuses
     */
    void checkpoint(Path folder, Duration patience) {
        var files = Stream.of("checkpoint.img", "pages_meta.img", "pages.img").map(folder::resolve).toList();
        // Without Resume the kernel would end with the next one.
        var options = Map.of("metadata", Map.of("compression", "none"), "have_pages_file", true, "Resume", true);
        try {
            FileCall.exchange(path, request("Checkpoint", options), files, patience, input -> parsed(input, ControlSocket::result));
        } catch (LinuxException e) {
            var full = e.category() == Category.EXHAUSTED || String.valueOf(e.getMessage()).contains("no space left on device");
            throw new EngineException(full ? Category.EXHAUSTED : e.category(), "sandbox " + id + " did not do 'Checkpoint'", e);
        }
    }

    List<GuestProcess> processes() {
        return call("ProcfsDump", Map.of(), ControlSocket::statuses);
    }

    void kill(GuestProcess process) {
        call("Signal", Map.of("CID", id, "Signo", SIGKILL, "PID", process.pid(), "Mode", 0), ControlSocket::result);
    }

    /** Waits as long as it takes for the first process to end, and gives its wait status (wait(2)). */
    int waitForExit() throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return exchange(channel, "Wait", id, ControlSocket::result).asInt();
        }
    }

    /** On the caller's own thread, so that an urgent one does not wait for others. */
    private <T> T call(String method, Object argument, Answer<T> answer) {
        var finished = new CountDownLatch(1);
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Thread.startVirtualThread(() -> closeIfLate(channel, finished));
            return exchange(channel, method, argument, answer);
        } catch (AsynchronousCloseException e) {
            throw late(method, PATIENCE, e);
        } catch (IOException e) {
            throw undone(method, e);
        } finally {
            finished.countDown();
        }
    }

    /** Closing the channel is what ends an exchange with a kernel that does not answer. */
    private static void closeIfLate(SocketChannel channel, CountDownLatch finished) {
        try {
            if (!finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.close();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a socket could not be closed", e);
        }
    }

    private EngineException late(String method, Duration patience, Exception cause) {
        return new EngineException(Category.TIMEOUT,
                "sandbox " + id + " did not answer '" + method + "' within " + patience.toMillis() + " ms", cause);
    }

    private EngineException undone(String method, Throwable cause) {
        return new EngineException(Category.UNAVAILABLE, "sandbox " + id + " did not do '" + method + "': " + cause.getMessage(), cause);
    }

    private <T> T exchange(SocketChannel channel, String method, Object argument, Answer<T> answer) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(path));
        var request = ByteBuffer.wrap(request(method, argument));
        while (request.hasRemaining()) {
            channel.write(request);
        }
        return parsed(Channels.newInputStream(channel), answer);
    }

    private static byte[] request(String method, Object argument) {
        return JSON.writeValueAsBytes(Map.of("method", "containerManager." + method, "arg", argument));
    }

    private static <T> T parsed(InputStream input, Answer<T> answer) throws IOException {
        try (var parser = JSON.createParser(input)) {
            return answer.from(parser);
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new IOException("the connection ended, or the answer is not understood", e);
        }
    }

    private static JsonNode result(JsonParser parser) throws IOException {
        JsonNode reply = JSON.readTree(parser);
        if (reply == null || !reply.path("success").asBoolean()) {
            throw new IOException(reply == null ? "the connection ended" : reply.path("err").asString());
        }
        return reply.path("result");
    }

    /** Picks each process's {@code status} out of a list that is too long to be kept. */
    private static List<GuestProcess> statuses(JsonParser parser) throws IOException {
        var found = new ArrayList<GuestProcess>();
        for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (token == JsonToken.PROPERTY_NAME && parser.currentName().equals("status")) {
                parser.nextToken();
                JsonNode status = JSON.readTree(parser);
                found.add(new GuestProcess(status.path("pid").asInt(), status.path("comm").asString(),
                        status.path("vm_rss").asLong() << 10));
            } else if (token == JsonToken.END_OBJECT && parser.streamReadContext().inRoot()) {
                return found;
            }
        }
        throw new IOException("the connection ended within the list of processes");
    }
}
