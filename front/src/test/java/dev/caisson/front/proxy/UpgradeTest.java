package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.guest.GuestStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpgradeTest {
    private Services services;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
    }

    @AfterEach
    void stop() {
        services.close();
    }

    private static void echo(GuestStream stream) throws IOException {
        var buffer = new byte[8192];
        for (int n = stream.input().read(buffer); n >= 0; n = stream.input().read(buffer)) {
            stream.output().write(buffer, 0, n);
        }
        stream.shutdownOutput();
    }

    @Test
    void aWebSocketPassesAndThenEveryByteAndTheEnd() throws Exception {
        var content = new byte[2_000_000];
        new Random(7).nextBytes(content);
        services.serve(stream -> {
            assertThat(Services.head(stream)).contains("Connection: Upgrade\r\nUpgrade: websocket\r\n", "sec-websocket-key: k");
            Services.say(stream, "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\nfirst");
            echo(stream);
        });
        try (var client = services.client()) {
            client.get("/ws", services.host(), "Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k");
            var answer = client.head();
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("Upgrade")).contains("websocket");
            assertThat(answer.header("Sec-WebSocket-Accept")).contains("a");
            assertThat(client.read(5)).asString().isEqualTo("first");
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(content);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(client.read(content.length)).isEqualTo(content);
            assertThat(client.read()).isEqualTo(-1);
            assertThat(sender.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TCP", "my-protocol/2.1", "a, b"})
    void anyProtocolPassesWithWhatWasSentRightBehindTheRequest(String protocol) throws Exception {
        services.serve(stream -> {
            assertThat(Services.head(stream)).contains("Upgrade: " + protocol + "\r\n");
            Services.say(stream, "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: " + protocol + "\r\n\r\n");
            echo(stream);
        });
        try (var client = services.client()) {
            client.send("GET / HTTP/1.1\r\n" + services.host() + "\r\nConnection: Upgrade\r\nUpgrade: " + protocol + "\r\n\r\nright behind");
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.read(12)).asString().isEqualTo("right behind");
            client.send("later");
            assertThat(client.read(5)).asString().isEqualTo("later");
        }
    }

    @Test
    void aRefusedOneIsAnOrdinaryAnswerAndTheConnectionStays() throws Exception {
        services.serve(Services.saying("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"));
        try (var client = services.client()) {
            for (int i = 0; i < 2; i++) {
                var answer = client.get("/ws", services.host(), "Connection: Upgrade", "Upgrade: websocket").answer();
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).isEqualTo("no");
            }
        }
    }

    @Test
    void aServiceThatLeavesBreaksTheTunnelAndOneThatEndsEndsIt() throws Exception {
        services.serve(stream -> {
            var head = Services.head(stream);
            Services.say(stream, "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nbye");
            if (head.contains("/end")) {
                stream.shutdownOutput();
                assertThat(stream.input().read()).isEqualTo(-1);
            }
        });
        try (var client = services.client()) {
            client.get("/end", services.host(), "Connection: Upgrade", "Upgrade: x").head();
            assertThat(client.read(3)).asString().isEqualTo("bye");
            assertThat(client.read()).isEqualTo(-1);
            client.shutdownOutput();
        }
        try (var client = services.client()) {
            client.get("/leave", services.host(), "Connection: Upgrade", "Upgrade: x").head();
            assertThat(client.read(3)).asString().isEqualTo("bye");
            assertThat(client.read()).isEqualTo(-1);
            assertThatThrownBy(() -> {
                for (int i = 0; i < 1000; i++) {
                    client.send("anybody there?");
                    org.awaitility.Awaitility.await().pollDelay(Duration.ofMillis(5)).until(() -> true);
                }
            }).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aClientThatLeavesClosesTheServicesSide() throws Exception {
        var closed = new CountDownLatch(1);
        services.serve(stream -> {
            Services.head(stream);
            Services.say(stream, "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            try {
                assertThat(stream.input().read()).isEqualTo(-1);
            } catch (IOException e) {
                closed.countDown();
                return;
            }
            closed.countDown();
        });
        var client = services.client();
        client.get("/", services.host(), "Connection: Upgrade", "Upgrade: x").head();
        client.reset();
        assertThat(closed.await(15, TimeUnit.SECONDS)).isTrue();
    }
}
