package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxTokens;
import dev.caisson.envd.EnvdService;
import dev.caisson.front.jetty.JettyServer;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.testing.FakeNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Streams one after the other on kept connections: every one is answered to its end. */
class ManyCallsTest {
    private static final int CLIENTS = 4;
    private static final int CALLS_OF_EACH = 5_000;

    @Test
    void everyStreamOnAKeptConnectionIsAnswered() throws Exception {
        var node = new FakeNode(InstantSource.system());
        var tokens = new SandboxTokens(new byte[32]);
        var sandbox = node.create(new CreateRequest("base", "team", Duration.ofMinutes(5), false, true, Map.of(), Map.of()));
        ((FakeAgent) node.agent(sandbox.id())).run("echo", process -> {
            java.util.concurrent.locks.LockSupport.parkNanos(java.util.concurrent.ThreadLocalRandom.current().nextLong(2_000_000));
            process.print("out");
            java.util.concurrent.locks.LockSupport.parkNanos(java.util.concurrent.ThreadLocalRandom.current().nextLong(2_000_000));
            process.exit(3);
        });
        try (var envd = new EnvdService(node, tokens);
                var server = JettyServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new Front(node, tokens, envd::handle, envd::findBySignature, _ -> {}));
                var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var message = "{\"process\":{\"cmd\":\"echo\"}}".getBytes(StandardCharsets.UTF_8);
            var frame = ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + "/process.Process/Start"))
                    .header("E2b-Sandbox-Id", sandbox.id().value())
                    .header("Content-Type", "application/connect+json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(frame))
                    .build();
            var clients = new ArrayList<Callable<Integer>>();
            for (var client = 0; client < CLIENTS; client++) {
                clients.add(() -> {
                    for (var call = 0; call < CALLS_OF_EACH; call++) {
                        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                        assertThat(answer.body()).contains("\"exitCode\":3").endsWith("\2\0\0\0\2{}");
                    }
                    return CALLS_OF_EACH;
                });
            }
            for (var done : tasks.invokeAll(clients)) {
                assertThat(done.get()).isEqualTo(CALLS_OF_EACH);
            }
        }
    }
}
