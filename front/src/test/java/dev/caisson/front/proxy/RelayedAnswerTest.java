package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.front.jetty.RawH2;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client sees of a service's answer. */
class RelayedAnswerTest {
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
    @EnumSource
    void itPassesAsItCameButForItsConnection(Protocol protocol) throws Exception {
        services.serve(Services.saying("HTTP/1.1 418 I am\r\nContent-Length: 3\r\nDate: yesterday\r\nServer: mine\r\nSet-Cookie: a\r\n"
                + "Set-Cookie: b\r\nX-Empty:\r\nX-Hop: 1\r\nConnection: close, x-hop\r\nKeep-Alive: 1\r\n\r\nabc"));
        var answer = protocol.get(services, "GET", "/");
        assertThat(answer.status()).isEqualTo(418);
        assertThat(answer.body()).isEqualTo("abc");
        assertThat(answer.header("Content-Length")).contains("3");
        assertThat(answer.all("Set-Cookie")).containsExactly("a", "b");
        assertThat(answer.all("X-Empty")).containsExactly("");
        assertThat(answer.all("Date")).containsExactly("yesterday");
        assertThat(answer.header("Server")).contains("mine");
        assertThat(answer.header("X-Hop")).isEmpty();
        assertThat(answer.header("Keep-Alive")).isEmpty();
        assertThat(answer.header("Connection")).isEmpty();
    }

    @Test
    void theClientsConnectionStaysAlthoughTheServicesCloses() throws Exception {
        services.serve(Services.saying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"));
        try (var client = services.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/", services.host()).answer().body()).isEqualTo("abc");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void chunksPassWithTheirTrailers(Protocol protocol) throws Exception {
        services.serve(Services.saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\nTrailer: X-Sum\r\n\r\n"
                + "3;ext=1\r\none\r\n03\r\ntwo\r\n0\r\nX-Sum: 6\r\nX-More: 7\r\n\r\n"));
        var answer = protocol.get(services, "GET", "/");
        assertThat(answer.body()).isEqualTo("onetwo");
        assertThat(answer.header("Content-Length")).isEmpty();
        assertThat(answer.trailers()).map(trailer -> trailer.toLowerCase(java.util.Locale.ROOT)).containsExactly("x-sum: 6", "x-more: 7");
    }

    @Test
    void piecesPassAsTheyCome() throws Exception {
        var more = new CountDownLatch(2);
        services.serve(stream -> {
            Services.head(stream);
            Services.say(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\none");
            assertThat(more.await(15, TimeUnit.SECONDS)).isTrue();
            Services.say(stream, "two");
            stream.shutdownOutput();
        });
        try (var client = services.client(); var multiplexed = RawH2.connect(services.address())) {
            client.get("/", services.host()).head();
            int stream = multiplexed.request("GET", "/", services.authority(), true);
            assertThat(client.chunk()).asString().isEqualTo("one");
            more.countDown();
            assertThat(multiplexed.head(stream).status()).isEqualTo(200);
            assertThat(multiplexed.read(stream, 3)).asString().isEqualTo("one");
            more.countDown();
            assertThat(client.chunk()).asString().isEqualTo("two");
            assertThat(client.chunk()).isEmpty();
            assertThat(multiplexed.read(stream, 3)).asString().isEqualTo("two");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatTheEndOfTheConnectionEndsIsWhole(Protocol protocol) throws Exception {
        services.serve(Services.saying("HTTP/1.0 200 OK\r\n\r\nuntil the end"));
        assertThat(protocol.get(services, "GET", "/").body()).isEqualTo("until the end");
    }

    @ParameterizedTest
    @EnumSource
    void answersWithoutBodyHaveNone(Protocol protocol) throws Exception {
        services.serve(stream -> {
            var head = Services.head(stream);
            Services.say(stream, head.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX: y\r\n\r\n"
                    : head.contains("/304") ? "HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 99\r\n\r\n"
                    : "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n");
        });
        assertThat(protocol.get(services, "HEAD", "/").header("Content-Length")).contains("1234");
        var unchanged = protocol.get(services, "GET", "/304");
        assertThat(unchanged.header("ETag")).contains("x");
        assertThat(unchanged.body()).isEmpty();
        var none = protocol.get(services, "GET", "/204");
        assertThat(none.status()).isEqualTo(204);
        assertThat(none.header("X")).contains("y");
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyAnswerIsEmpty(Protocol protocol) throws Exception {
        services.serve(Services.saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        var answer = protocol.get(services, "GET", "/");
        assertThat(answer.body()).isEmpty();
        assertThat(answer.header("Content-Length")).contains("0");
    }

    @ParameterizedTest
    @EnumSource
    void headersOf60KilobytesPass(Protocol protocol) throws Exception {
        var filling = "a".repeat(60_000);
        services.serve(Services.saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + filling + "\r\n\r\nok"));
        var answer = protocol.get(services, "GET", "/");
        assertThat(answer.header("X")).contains(filling);
        assertThat(answer.body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource
    void moreThanWasAnnouncedIsNotPassedOn(Protocol protocol) throws Exception {
        services.serve(Services.saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and HTTP/1.1 200 OK\r\n\r\n"));
        assertThat(protocol.get(services, "GET", "/").body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource
    void preliminaryAnswersAreNotTheAnswer(Protocol protocol) throws Exception {
        services.serve(Services.saying("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 Wait\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        assertThat(protocol.get(services, "GET", "/").body()).isEqualTo("ok");
    }

    @Test
    void theServiceDecidesWhetherTheClientContinues() throws Exception {
        services.serve(stream -> {
            var head = Services.head(stream);
            assertThat(head).contains("expect: 100-continue");
            if (head.contains("/no")) {
                Services.say(stream, "HTTP/1.1 413 Too large\r\nContent-Length: 3\r\n\r\nbig");
                return;
            }
            Services.say(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            Services.say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + Services.readText(stream, 2));
        });
        var expecting = new String[] {services.host(), "Content-Length: 2", "Expect: 100-continue"};
        try (var client = services.client()) {
            client.request("POST", "/", "", expecting);
            assertThat(client.head().status()).isEqualTo(100);
            assertThat(client.send("ok").answer().body()).isEqualTo("ok");
            var refused = client.request("POST", "/no", "", expecting).answer();
            assertThat(refused.status()).isEqualTo(413);
            assertThat(refused.body()).isEqualTo("big");
        }
        try (var client = RawH2.connect(services.address())) {
            int stream = client.request("POST", "/", services.authority(), false, "content-length: 2", "expect: 100-continue");
            assertThat(client.head(stream).status()).isEqualTo(100);
            client.data(stream, new byte[] {'o', 'k'}, true);
            assertThat(client.answer(stream).body()).isEqualTo("ok");
            int refused = client.request("POST", "/no", services.authority(), false, "content-length: 2", "expect: 100-continue");
            var answer = client.answer(refused);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("big");
        }
    }

    @Test
    void anAnswerBeforeTheBodyWasSentArrivesAsAWhole() throws Exception {
        services.serve(Services.saying("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig"));
        try (var client = services.client(); var multiplexed = RawH2.connect(services.address())) {
            client.request("POST", "/", "", services.host(), "Content-Length: 1000000");
            for (int i = 0; i < 10; i++) {
                client.send(new byte[100_000]);
            }
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("big");

            int stream = multiplexed.request("POST", "/", services.authority(), false, "content-length: 1000000");
            multiplexed.data(stream, new byte[20_000], false);
            assertThat(multiplexed.answer(stream).body()).isEqualTo("big");
            int next = multiplexed.request("GET", "/", services.authority(), true);
            assertThat(multiplexed.answer(next).status()).isEqualTo(413);
        }
    }

    @Test
    void aBodyThatTheServiceLeavesUnreadDoesNotSpoilItsAnswer() throws Exception {
        services.serve(stream -> {
            Services.head(stream);
            stream.close();
        });
        assertThatThrownBy(() -> {
            var answer = Protocol.HTTP1.send(services, "/", "x".repeat(100_000));
            throw new java.io.IOException("answered " + answer.status());
        }).hasMessage("answered 502");
    }
}
