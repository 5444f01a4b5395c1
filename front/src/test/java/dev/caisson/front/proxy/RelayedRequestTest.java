package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.front.jetty.RawH2;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service sees of a request. */
class RelayedRequestTest {
    private Services services;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
    }

    @AfterEach
    void stop() {
        services.close();
    }

    @Test
    void byHttp1ItPassesAsItCameButForItsConnection() throws Exception {
        services.serve(Services::echoHead);
        var seen = Protocol.HTTP1.get(services, "GET", "/a%2Fb//c/../d?x=%zz", "Accept: */*", "X-Private: 1",
                "Connection: keep-alive, X-Private", "Keep-Alive: 5", "Proxy-Authorization: p", "Cookie: a", "Cookie: b", "X-Empty:");
        assertThat(seen.body()).isEqualTo("GET /a%2Fb//c/../d?x=%zz HTTP/1.1\r\n" + services.host()
                + "\r\naccept: */*\r\ncookie: a\r\ncookie: b\r\nx-empty: \r\nConnection: close\r\n\r\n");
    }

    /** Cookies that HTTP/2 sends in pieces are one header again: RFC 9113 §8.2.3. */
    @Test
    void byHttp2TooAndCookiesAreOneHeaderAgain() throws Exception {
        services.serve(Services::echoHead);
        var seen = Protocol.HTTP2.get(services, "GET", "/a%2Fb//c/../d?x=%zz", "accept: */*", "cookie: a=1", "cookie: b=2", "x-empty:",
                "x-two: 1", "x-two: 2");
        assertThat(seen.body()).isEqualTo("GET /a%2Fb//c/../d?x=%zz HTTP/1.1\r\n" + services.host()
                + "\r\naccept: */*\r\ncookie: a=1; b=2\r\nx-empty: \r\nx-two: 1\r\nx-two: 2\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void everyMethodPasses(Protocol protocol) throws Exception {
        services.serve(Services::echoHead);
        for (var method : List.of("GET", "OPTIONS", "DELETE", "PROPFIND", "X-MINE", "get", "TRACE")) {
            assertThat(protocol.get(services, method, "/").body()).startsWith(method + " / HTTP/1.1\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptyQueriesAndOddPathsPass(Protocol protocol) throws Exception {
        services.serve(Services::echoHead);
        for (var target : List.of("/?", "/;a=b/./x", "/a?b?c=/d&e[]=f", "//double", "/%E2%82%AC", "/a%20b?q=a+b%20c", "/a|b{c}")) {
            assertThat(protocol.get(services, "GET", target).body()).startsWith("GET " + target + " HTTP/1.1\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void headersAndUrlsOf60KilobytesPass(Protocol protocol) throws Exception {
        services.serve(Services::echoHead);
        var filling = "a".repeat(60_000);
        assertThat(protocol.get(services, "GET", "/", "X: " + filling).body()).contains("x: " + filling + "\r\n");
        assertThat(protocol.get(services, "GET", "/?" + filling).body()).startsWith("GET /?" + filling + " HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void aBodyKeepsTheLengthThatWasSaid(Protocol protocol) throws Exception {
        services.serve(stream -> {
            var head = Services.head(stream);
            assertThat(head).contains("content-length: 4\r\n").doesNotContainIgnoringCase("transfer-encoding");
            var body = Services.readText(stream, 4);
            Services.say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body);
        });
        assertThat(protocol.send(services, "/", "body").body()).isEqualTo("body");
    }

    @ParameterizedTest
    @EnumSource
    void aBodyWithoutALengthIsChunkedAndItsTrailersFollow(Protocol protocol) throws Exception {
        services.serve(stream -> {
            var head = Services.head(stream);
            assertThat(head).contains("Transfer-Encoding: chunked\r\n", "TE: trailers\r\n");
            var body = Services.readUntil(stream, "\r\n\r\n");
            Services.say(stream, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        });
        assertThat(protocol.stream(services, "/", "body", List.of("X-Sum: 12345", "X-Sum: 6"), "TE: trailers").body())
                .isEqualTo("4\r\nbody\r\n0\r\nx-sum: 12345\r\nx-sum: 6\r\n\r\n");
        assertThat(protocol.stream(services, "/", "body", List.of(), "TE: trailers").body()).isEqualTo("4\r\nbody\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void aLongBodyPassesUnchangedBothWays(Protocol protocol) throws Exception {
        var content = new StringBuilder();
        var random = new Random(5);
        while (content.length() < 400_000) {
            content.append((char) ('!' + random.nextInt(90)));
        }
        services.serve(stream -> {
            Services.head(stream);
            var body = stream.input().readNBytes(content.length());
            Services.say(stream, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
            stream.output().write(body);
        });
        assertThat(protocol.send(services, "/", content.toString()).body()).isEqualTo(content.toString());
    }

    @Test
    void anHttp10ClientIsServed() throws Exception {
        services.serve(Services.saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
        try (var client = services.client()) {
            client.send("GET / HTTP/1.0\r\n" + services.host() + "\r\n\r\n");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Transfer-Encoding")).isEmpty();
            assertThat(answer.body()).isEqualTo("hello");
        }
    }

    @Test
    void aTargetWithSchemeAndHostIsReducedToItsPath() throws Exception {
        services.serve(Services::echoHead);
        try (var client = services.client()) {
            assertThat(client.get("http://" + services.authority() + "/x?y", services.host()).answer().body())
                    .startsWith("GET /x?y HTTP/1.1\r\n" + services.host());
            assertThat(client.request("OPTIONS", "*", "", services.host()).answer().body()).startsWith("OPTIONS * HTTP/1.1\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 4", "Transfer-Encoding: gzip",
        "Content-Length: -1", "Content-Length: x", "Transfer-Encoding: chunked, chunked", "bad header: 1", "X: a\r\n folded: b"})
    void whatTwoReadersCouldReadInTwoWaysIsRefused(String headers) throws Exception {
        services.serve(_ -> {
            throw new AssertionError("it reached the service");
        });
        try (var client = services.client()) {
            client.send("POST / HTTP/1.1\r\n" + services.host() + "\r\n" + headers + "\r\n\r\nabc");
            assertThat(client.answer().status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%zz", "/a%2", "/%00"})
    void aMalformedPathIs400InJson(String target) throws Exception {
        try (var client = services.client()) {
            assertThat(client.get(target, services.host()).answer().body()).startsWith("{\"code\":400,");
        }
    }

    @ParameterizedTest
    @EnumSource
    void textBeyondAsciiPassesAsItIs(Protocol protocol) throws Exception {
        services.serve(Services::echoHead);
        assertThat(protocol.get(services, "GET", "/\u00fc\u20ac?q=\u00fc").body()).startsWith("GET /\u00fc\u20ac?q=\u00fc HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void headersOf200KilobytesAre431InJson(Protocol protocol) throws Exception {
        services.serve(_ -> {
            throw new AssertionError("it reached the service");
        });
        var answer = protocol.get(services, "GET", "/", "X: " + "a".repeat(100_000), "Y: " + "b".repeat(100_000));
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.body()).startsWith("{\"code\":431,");
    }

    @Test
    void requestsForSeveralSandboxesShareAConnection() throws Exception {
        var other = services.newSandbox(dev.caisson.node.Ingress.OPEN);
        services.serve(Services.answering("1")).serve(other, Services.answering("2"));
        try (var client = services.client(); var multiplexed = RawH2.connect(services.address())) {
            client.get("/", services.host()).get("/", Services.host(other))
                    .get("/", "E2b-Sandbox-Id: " + services.sandbox(), "E2b-Sandbox-Port: " + Services.PORT);
            assertThat(client.answer().body() + client.answer().body() + client.answer().body()).isEqualTo("121");
            int first = multiplexed.request("GET", "/", services.authority(), true);
            int second = multiplexed.request("GET", "/", "localhost", true, "e2b-sandbox-id: " + other, "e2b-sandbox-port: " + Services.PORT);
            assertThat(multiplexed.answer(second).body() + multiplexed.answer(first).body()).isEqualTo("21");
        }
    }
}
