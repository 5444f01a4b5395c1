package dev.caisson.front.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Wire.class)
class JettyServerTest {
    private final Wire wire;
    private JettyServer server;

    JettyServerTest(Wire wire) {
        this.wire = wire;
        this.server = wire.start(_ -> {});
    }

    private RawClient serving(Handler handler) throws IOException {
        server.close();
        server = wire.start(handler);
        return wire.connect(server.address());
    }

    @AfterEach
    void stop() {
        server.close();
        await().until(() -> server.openExchanges() == 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theRequestArrivesAsItWasSent() throws IOException {
        Handler echo = exchange -> Json.send(exchange, 200, exchange.method() + " " + exchange.rawPath() + " ? "
                + exchange.rawQuery() + " @ " + exchange.authority() + " " + exchange.headers("x-a") + " "
                + exchange.headerNames() + new String(exchange.body().readAllBytes(), StandardCharsets.UTF_8));
        try (var client = serving(echo)) {
            client.request("PATCH", "/a%2Fb//c/../d?x=%zz&y=a+b", "body", "Host: 8000-x.example:1", "X-A: 1", "x-a: ", "X-A: 2");
            assertThat(client.answer().body()).isEqualTo(
                    "\"PATCH /a%2Fb//c/../d ? x=%zz&y=a+b @ 8000-x.example:1 [1, , 2] [host, x-a, content-length]body\"");
        }
    }

    @Test
    void answersHaveALengthAndADateAndNoServer() throws IOException {
        try (var client = serving(exchange -> exchange.send(200, bytes("hello")))) {
            for (int i = 0; i < 3; i++) {
                var answer = client.get("/").answer();
                assertThat(answer.body()).isEqualTo("hello");
                assertThat(answer.header("Content-Length")).contains("5");
                assertThat(answer.all("Date")).hasSize(1);
                assertThat(answer.header("Server")).isEmpty();
            }
        }
    }

    @Test
    void anEmptyAnswerSaysSoUnlessItIs204() throws IOException {
        try (var client = serving(exchange -> exchange.send(Integer.parseInt(exchange.rawQuery()), new byte[0]))) {
            assertThat(client.get("/?201").answer().header("Content-Length")).contains("0");
            var nothing = client.get("/?204").answer();
            assertThat(nothing.header("Content-Length")).isEmpty();
            assertThat(nothing.header("Transfer-Encoding")).isEmpty();
            assertThat(client.get("/?200").answer().header("Content-Length")).contains("0");
        }
    }

    @Test
    void aFlushedMessageArrivesWhileTheAnswerGoesOn() throws Exception {
        var more = new CountDownLatch(1);
        Handler streaming = exchange -> {
            var out = exchange.start(200);
            out.write(bytes("one"));
            out.flush();
            wait(more);
            out.write(bytes("two"));
        };
        try (var client = serving(streaming)) {
            client.get("/").head();
            assertThat(client.chunk()).asString().isEqualTo("one");
            more.countDown();
            assertThat(client.chunk()).asString().isEqualTo("two");
            assertThat(client.chunk()).isEmpty();
        }
    }

    @Test
    void theHeadOfAStreamedAnswerIsSentAtOnce() throws Exception {
        var more = new CountDownLatch(1);
        try (var client = serving(exchange -> {
            exchange.start(200);
            wait(more);
        })) {
            assertThat(client.get("/").head().status()).isEqualTo(200);
            more.countDown();
            assertThat(client.chunk()).isEmpty();
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void anAnswerWithGivenLengthIsNotChunked() throws IOException {
        try (var client = serving(exchange -> {
            exchange.setHeader("Content-Length", "6");
            try (var out = exchange.start(200)) {
                out.write(bytes("abc"));
                out.flush();
                out.write(bytes("def"));
            }
        })) {
            var answer = client.get("/").answer();
            assertThat(answer.header("Transfer-Encoding")).isEmpty();
            assertThat(answer.body()).isEqualTo("abcdef");
            client.request("HEAD", "/", "");
            assertThat(client.head().header("Content-Length")).contains("6");
            assertThat(client.get("/").answer().body()).isEqualTo("abcdef");
        }
    }

    @Test
    void aClientThatLeavesIsNoticedWhileNothingHappens() throws Exception {
        var waiting = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        try (var client = serving(exchange -> {
            exchange.onAbort(gone::countDown);
            exchange.start(200);
            waiting.countDown();
            wait(gone);
            throw new IOException("left");
        })) {
            client.get("/").head();
            wait(waiting);
        }
        wait(gone);
    }

    @Test
    void aClientThatLeavesBehindAHalfReadBodyIsNoticed() throws Exception {
        var gone = new CountDownLatch(1);
        try (var client = serving(exchange -> {
            assertThat(exchange.body().read()).isEqualTo('a');
            exchange.onAbort(gone::countDown);
            exchange.start(200);
            wait(gone);
            throw new IOException("left");
        })) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            client.head();
        }
        wait(gone);
    }

    @Test
    void aClientThatLeavesBehindAWhollyReadChunkedBodyIsNoticed() throws Exception {
        var gone = new CountDownLatch(1);
        try (var client = serving(exchange -> {
            exchange.onAbort(gone::countDown);
            assertThat(exchange.body().readNBytes(3)).asString().isEqualTo("abc");
            exchange.start(200);
            wait(gone);
            throw new IOException("left");
        })) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
            client.head();
        }
        wait(gone);
    }

    @Test
    void aCutAnswerIsAResetAndNotAnEnd() throws Exception {
        var exchange = new CompletableFuture<Exchange>();
        var ended = new CountDownLatch(1);
        try (var client = serving(answer -> {
            answer.onAbort(ended::countDown);
            answer.start(200);
            exchange.complete(answer);
            wait(ended);
        })) {
            client.get("/").head();
            exchange.get(10, TimeUnit.SECONDS).abort();
            assertThatThrownBy(client::read).isInstanceOf(SocketException.class).hasMessageContaining("reset");
        }
    }

    @Test
    void aFailureAfterTheHeadIsAReset() throws Exception {
        try (var client = serving(exchange -> {
            try (var out = exchange.start(200)) {
                out.write('x');
                out.flush();
                throw HttpException.invalid("too late");
            }
        })) {
            client.get("/").head();
            assertThat(client.line()).isEqualTo("1");
            assertThatThrownBy(() -> client.read(100)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void abortWakesAHandlerThatReads() throws Exception {
        var failed = new CompletableFuture<Throwable>();
        try (var client = serving(exchange -> {
            Thread.ofVirtual().start(exchange::abort);
            try {
                exchange.body().readAllBytes();
            } catch (IOException e) {
                failed.complete(e);
                throw e;
            }
        })) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(failed.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void anEarlyAnswerReachesAClientThatIsStillSending() throws IOException {
        try (var client = serving(_ -> {
            throw new HttpException(Category.UNAUTHENTICATED, "who are you");
        })) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
            var piece = new byte[100_000];
            for (int i = 0; i < 30; i++) {
                client.send(piece);
            }
            assertThat(client.answer().body()).isEqualTo("{\"code\":401,\"message\":\"who are you\"}");
            assertThat(client.get("/").answer().status()).isEqualTo(401);
        }
    }

    @Test
    void aClientIsToldToContinueOnlyIfItsBodyIsWanted() throws IOException {
        try (var client = serving(exchange -> {
            if (exchange.rawPath().equals("/no")) {
                throw HttpException.withStatus(413, "too much");
            }
            exchange.send(200, exchange.body().readAllBytes());
        })) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(100);
            assertThat(client.send("ok").answer().body()).isEqualTo("ok");
            client.send("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%zz", "/%00", "/../../x", "x"})
    void aMalformedPathIs400InJson(String target) throws IOException {
        try (var client = serving(exchange -> exchange.send(200, new byte[0]))) {
            var answer = client.get(target).answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Content-Type")).contains("application/json; charset=utf-8");
            assertThat(answer.body()).startsWith("{\"code\":400,\"message\":\"");
        }
    }

    @Test
    void nonsenseIs400InJson() throws IOException {
        for (var nonsense : new String[] {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/3.9\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"}) {
            try (var client = serving(exchange -> exchange.send(200, exchange.body().readAllBytes()))) {
                var answer = client.send(nonsense).answer();
                assertThat(answer.status()).as(nonsense).isIn(400, 505);
                assertThat(answer.body()).as(nonsense).startsWith("{\"code\":" + answer.status());
            }
        }
    }

    @Test
    void headersPassUpTo64KiBAndAre431InJsonBeyond() throws IOException {
        try (var client = serving(exchange -> exchange.send(200, bytes(exchange.header("X").orElse(""))))) {
            assertThat(client.get("/", "X: " + "a".repeat(60_000)).answer().body()).hasSize(60_000);
            var answer = client.get("/", "X: " + "a".repeat(70_000)).answer();
            assertThat(answer.status()).isEqualTo(431);
            assertThat(answer.body()).startsWith("{\"code\":431,");
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsTheHandlerBack() throws Exception {
        var written = new AtomicLong();
        var stopped = new CompletableFuture<Throwable>();
        try (var client = serving(exchange -> {
            try (var out = exchange.start(200)) {
                var piece = new byte[64 * 1024];
                while (true) {
                    out.write(piece);
                    written.addAndGet(piece.length);
                }
            } catch (IOException e) {
                stopped.complete(e);
                throw e;
            }
        })) {
            client.get("/").head();
            var last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20))
                    .until(() -> written.get() > 0 && last.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan(64L << 20);
            assertThat(stopped).isNotDone();
        }
        assertThat(stopped.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void trailersPassBothWays() throws IOException {
        try (var client = serving(exchange -> {
            var out = exchange.start(200);
            out.write(exchange.body().readAllBytes());
            exchange.addTrailer("X-Sum", exchange.trailers().toString());
        })) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-T: 1\r\n\r\n");
            var answer = client.answer();
            assertThat(answer.body()).isEqualTo("ab");
            assertThat(answer.trailers()).containsExactly("X-Sum: {x-t=[1]}");
        }
    }

    @Test
    void aTunnelGetsWhatWasSentBehindTheRequestAndAllThatFollows() throws IOException {
        try (var client = serving(exchange -> {
            exchange.setHeader("Connection", "Upgrade");
            exchange.setHeader("Upgrade", "echo");
            exchange.upgrade((in, out) -> {
                for (int b = in.read(); b >= 0; b = in.read()) {
                    out.write(b);
                }
            });
        })) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
            var answer = client.head();
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("Upgrade")).contains("echo");
            assertThat(client.read(5)).asString().isEqualTo("early");
            client.send("later");
            assertThat(client.read(5)).asString().isEqualTo("later");
            client.shutdownOutput();
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void abortResetsATunnel() throws Exception {
        var exchange = new CompletableFuture<Exchange>();
        try (var client = serving(answer -> {
            answer.upgrade((in, _) -> assertThat(in.read()).isEqualTo(-1));
            exchange.complete(answer);
        })) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(101);
            exchange.get(10, TimeUnit.SECONDS).abort();
            assertThatThrownBy(client::read).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void stoppingWaitsForWhatIsUnderWayAndRefusesTheRest() throws Exception {
        var more = new CountDownLatch(1);
        try (var client = serving(exchange -> {
            exchange.start(200).flush();
            wait(more);
        }); var second = wire.connect(server.address())) {
            second.get("/").head();
            client.get("/").head();
            var stop = Thread.ofVirtual().start(() -> {
                try {
                    server.stop(Duration.ofSeconds(20));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            await().until(() -> !accepts());
            more.countDown();
            assertThat(client.chunk()).isEmpty();
            assertThat(second.chunk()).isEmpty();
            assertThat(stop.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    private boolean accepts() {
        try (var probe = wire.connect(server.address())) {
            return probe.get("/").head().status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void stoppingCutsOffWhatDoesNotEnd() throws Exception {
        var gone = new CountDownLatch(1);
        try (var client = serving(exchange -> {
            exchange.onAbort(gone::countDown);
            exchange.start(200);
            wait(gone);
        })) {
            client.get("/").head();
            server.stop(Duration.ofMillis(50));
            assertThatThrownBy(client::read).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void handlersRunOnVirtualThreads() throws IOException {
        try (var client = serving(exchange -> Json.send(exchange, 200, Map.of("virtual", Thread.currentThread().isVirtual())))) {
            assertThat(client.get("/").answer().body()).isEqualTo("{\"virtual\":true}");
        }
    }

    private static void wait(CountDownLatch latch) {
        try {
            assertThat(latch.await(15, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
