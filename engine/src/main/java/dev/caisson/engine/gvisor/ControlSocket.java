package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
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
    private static final JsonMapper JSON = JsonMapper.shared();
    /** The connection stays open after an answer: what follows it must not be waited for. */
    private static final ObjectReader ANSWER = JSON.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    boolean isRunning() {
        return call("ContainerRuntimeState", id, PATIENCE).asInt() == RUNNING;
    }

    void pause() {
        call("Pause", Map.of(), PATIENCE);
    }

    /** Must match an earlier {@link #pause}: another one ends the sandbox. */
    void resume() {
        call("Resume", Map.of(), PATIENCE);
    }

    /** Waits as long as it takes for the first process to end, and gives its wait status (wait(2)). */
    int waitForExit() throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return exchange(channel, "Wait", id).asInt();
        }
    }

    private JsonNode call(String method, Object argument, Duration deadline) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            var reply = new CompletableFuture<JsonNode>();
            // Closing the channel is what ends an exchange with a kernel that does not answer.
            Thread.startVirtualThread(() -> {
                try {
                    reply.complete(exchange(channel, method, argument));
                } catch (IOException | RuntimeException e) {
                    reply.completeExceptionally(e);
                }
            });
            return reply.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new EngineException(Category.TIMEOUT,
                    "sandbox " + id + " did not answer '" + method + "' within " + deadline.toMillis() + " ms", e);
        } catch (ExecutionException | IOException e) {
            throw new EngineException(Category.UNAVAILABLE, "sandbox " + id + " did not do '" + method + "': " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Category.UNAVAILABLE, "interrupted while sandbox " + id + " did '" + method + "'", e);
        }
    }

    private JsonNode exchange(SocketChannel channel, String method, Object argument) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(path));
        var request = ByteBuffer.wrap(JSON.writeValueAsBytes(Map.of("method", "containerManager." + method, "arg", argument)));
        while (request.hasRemaining()) {
            channel.write(request);
        }
        try (var parser = JSON.createParser(Channels.newInputStream(channel))) {
            JsonNode reply = ANSWER.readTree(parser);
            if (reply == null || !reply.path("success").asBoolean()) {
                throw new IOException(reply == null ? "the connection ended" : reply.path("err").asString());
            }
            return reply.path("result");
        } catch (JacksonException e) {
            throw new IOException("the connection ended or the answer is no JSON", e);
        }
    }
}
