package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.front.jetty.RawH2;
import java.io.IOException;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that break off, lie or speak something else. */
class BrokenServiceTest {
    private Services services;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
    }

    @AfterEach
    void stop() {
        services.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n-5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n"})
    void anAnswerThatIsNotWholeIsCutOff(String beginning) throws Exception {
        services.serve(Services.saying(beginning));
        try (var client = services.client()) {
            assertThatThrownBy(() -> {
                client.get("/", services.host()).answer();
                client.read(1000);
                throw new AssertionError("the answer looked complete");
            }).isInstanceOf(SocketException.class);
        }
        try (var client = RawH2.connect(services.address())) {
            int stream = client.request("GET", "/", services.authority(), true);
            assertThatThrownBy(() -> client.answer(stream)).isInstanceOf(RawH2.StreamReset.class);
            services.serve(Services.answering("ok"));
            assertThat(client.answer(client.request("GET", "/", services.authority(), true)).body()).isEqualTo("ok");
        }
    }

    static Stream<String> nonsense() {
        return Stream.of(
                "", "HTTP/1.1 200", "SSH-2.0-OpenSSH\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 999 Odd\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nbad header: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000), "HTTP/1.1 200 OK\r\nX: " + "a".repeat(100_000) + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(50_000) + "\r\n", "a".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void whatIsNoAnswerIs502AndTheClientsConnectionStays(String nonsense) throws Exception {
        services.serve(stream -> {
            Services.head(stream);
            try {
                Services.say(stream, nonsense);
                stream.shutdownOutput();
            } catch (IOException e) {
                return;
            }
        });
        try (var client = services.client(); var multiplexed = RawH2.connect(services.address())) {
            for (int i = 0; i < 2; i++) {
                var answer = client.get("/", services.host()).answer();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).isEqualTo("Failed to route request to sandbox");
                assertThat(multiplexed.answer(multiplexed.request("GET", "/", services.authority(), true)).status()).isEqualTo(502);
            }
        }
    }

    /** It sends for as long as anybody reads. */
    @ParameterizedTest
    @ValueSource(strings = {"X: y\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "aaaaaaaaaaaaaaaa"})
    void aHeadWithoutAnEndIs502(String repeated) throws Exception {
        services.serve(stream -> {
            Services.head(stream);
            Services.say(stream, "HTTP/1.1 100 Continue\r\n");
            assertThatThrownBy(() -> {
                for (long sent = 0; sent < 1 << 30; sent += repeated.length()) {
                    Services.say(stream, repeated);
                }
                throw new AssertionError("somebody read all of it");
            }).isInstanceOf(IOException.class);
        });
        try (var client = services.client()) {
            assertThat(client.get("/", services.host()).answer().status()).isEqualTo(502);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServiceThatClosesAtOnceIs502(Protocol protocol) throws Exception {
        services.serve(stream -> stream.close());
        assertThat(protocol.get(services, "GET", "/").status()).isEqualTo(502);
        assertThat(protocol.send(services, "/", "body").status()).isEqualTo(502);
        assertThat(protocol.get(services, "GET", "/", "Origin: https://a.example").header("Access-Control-Allow-Origin")).contains("*");
    }

    @Test
    void aClosedPortIs502ForEveryKindOfRequestAndTheConnectionStays() throws Exception {
        try (var client = services.client(); var multiplexed = RawH2.connect(services.address())) {
            assertThat(client.get("/", services.host()).answer().body()).contains("port is not open");
            assertThat(client.request("POST", "/", "body", services.host()).answer().body()).contains("port is not open");
            assertThat(client.get("/", services.host(), "Connection: Upgrade", "Upgrade: x").answer().body()).contains("port is not open");
            int stream = multiplexed.request("POST", "/", services.authority(), false);
            multiplexed.data(stream, new byte[10], true);
            assertThat(multiplexed.answer(stream).body()).contains("port is not open");
            services.serve(Services.answering("ok"));
            assertThat(client.get("/", services.host()).answer().body()).isEqualTo("ok");
            assertThat(multiplexed.answer(multiplexed.request("GET", "/", services.authority(), true)).body()).isEqualTo("ok");
        }
    }
}
