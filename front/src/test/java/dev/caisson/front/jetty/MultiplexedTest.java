package dev.caisson.front.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
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

/** HTTP/2 by the JDK's client, which without TLS upgrades to it, and by hand. */
@ParameterizedClass
@EnumSource(Wire.class)
class MultiplexedTest {
    private final Wire wire;
    private final HttpClient client;
    private Optional<JettyServer> server = Optional.empty();

    MultiplexedTest(Wire wire) {
        this.wire = wire;
        this.client = wire.http().version(HttpClient.Version.HTTP_2).build();
    }

    private void serving(Handler handler) throws Exception {
        server = Optional.of(wire.start(handler));
        // The first exchange changes the connection to HTTP/2; what is tested comes after it.
        assertThat(client.send(request("/first").build(), HttpResponse.BodyHandlers.ofString()).version())
                .isEqualTo(HttpClient.Version.HTTP_2);
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.ifPresent(JettyServer::close);
        await().until(() -> server.isEmpty() || server.get().openExchanges() == 0);
    }

    private HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create(wire.url(server.orElseThrow().address(), target)))
                .timeout(Duration.ofSeconds(20));
    }

    /** Answers the exchange that changes the protocol; hands over the others. */
    private static Handler afterFirst(Handler handler) {
        return exchange -> {
            if (exchange.rawPath().equals("/first")) {
                exchange.send(200, new byte[0]);
            } else {
                handler.handle(exchange);
            }
        };
    }

    private static void wait(CountDownLatch latch) {
        try {
            assertThat(latch.await(15, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void requestsAndAnswersPass() throws Exception {
        serving(afterFirst(exchange -> Json.send(exchange, 201, exchange.method() + " " + exchange.rawPath() + "?"
                + exchange.rawQuery() + " " + exchange.authority() + " " + exchange.hasBody() + " "
                + new String(exchange.body().readAllBytes(), StandardCharsets.UTF_8))));
        var port = server.orElseThrow().address().getPort();
        var posted = client.send(request("/a%2Fb//c?x=1").POST(HttpRequest.BodyPublishers.ofString("body")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(posted.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(posted.statusCode()).isEqualTo(201);
        assertThat(posted.body()).isEqualTo("\"POST /a%2Fb//c?x=1 127.0.0.1:" + port + " true body\"");
        assertThat(client.send(request("/").build(), HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("\"GET /? 127.0.0.1:" + port + " false \"");
    }

    @Test
    void failuresAreJsonAndEmptyAnswersHaveTheirLength() throws Exception {
        serving(afterFirst(exchange -> {
            if (exchange.rawPath().equals("/empty")) {
                exchange.send(200, new byte[0]);
            } else {
                throw HttpException.invalid("no");
            }
        }));
        assertThat(client.send(request("/").build(), HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("{\"code\":400,\"message\":\"no\"}");
        assertThat(client.send(request("/empty").build(), HttpResponse.BodyHandlers.ofString()).headers().firstValue("content-length"))
                .contains("0");
    }

    @Test
    void aCutAnswerIsAFailureOfItsStreamAlone() throws Exception {
        var exchange = new CompletableFuture<Exchange>();
        var cut = new CountDownLatch(1);
        serving(afterFirst(answer -> {
            if (answer.rawPath().equals("/other")) {
                answer.send(200, new byte[] {'o', 'k'});
                return;
            }
            answer.onAbort(cut::countDown);
            var out = answer.start(200);
            out.write('x');
            out.flush();
            exchange.complete(answer);
            wait(cut);
            out.write('y');
            out.flush();
        }));
        var streaming = client.send(request("/").build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = streaming.body()) {
            assertThat(body.read()).isEqualTo('x');
            exchange.get(10, TimeUnit.SECONDS).abort();
            assertThatThrownBy(body::read).isInstanceOf(IOException.class);
        }
        assertThat(client.send(request("/other").build(), HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("ok");
    }

    @Test
    void aStreamThatTheClientResetsIsNoticedWhileNothingHappens() throws Exception {
        var gone = new CountDownLatch(1);
        serving(afterFirst(exchange -> {
            exchange.onAbort(gone::countDown);
            var out = exchange.start(200);
            out.write('x');
            out.flush();
            wait(gone);
            throw new IOException("left");
        }));
        var streaming = client.send(request("/").build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(streaming.body().read()).isEqualTo('x');
        streaming.body().close();
        wait(gone);
    }

    @Test
    void abortWakesAHandlerThatReads() throws Exception {
        var failed = new CompletableFuture<Throwable>();
        serving(afterFirst(exchange -> {
            Thread.ofVirtual().start(exchange::abort);
            try {
                exchange.body().readAllBytes();
            } catch (IOException e) {
                failed.complete(e);
                throw e;
            }
        }));
        var never = new CompletableFuture<byte[]>();
        var body = HttpRequest.BodyPublishers.fromPublisher(subscriber -> subscriber.onSubscribe(new java.util.concurrent.Flow.Subscription() {
            @Override
            public void request(long n) {
                never.thenAccept(bytes -> subscriber.onNext(ByteBuffer.wrap(bytes)));
            }

            @Override
            public void cancel() {}
        }));
        var answer = client.sendAsync(request("/").POST(body).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(failed.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void manyStreamsShareAConnection() throws Exception {
        var all = new CountDownLatch(300);
        serving(afterFirst(exchange -> {
            all.countDown();
            wait(all);
            exchange.send(200, new byte[] {'x'});
        }));
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 300; i++) {
            answers.add(client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString()));
        }
        for (var answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("x");
        }
    }

    /** Whether the client's window or its socket is what is full. */
    @ParameterizedTest
    @ValueSource(ints = {65_535, Integer.MAX_VALUE})
    void aClientThatDoesNotReadHoldsTheHandlerBack(int window) throws Exception {
        var written = new AtomicLong();
        var stopped = new CompletableFuture<Throwable>();
        server = Optional.of(wire.start(exchange -> {
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
        }));
        try (var raw = wire.connectMultiplexed(server.get().address())) {
            raw.send(Frames.settings(Frames.INITIAL_WINDOW_SIZE, window)).send(Frames.windowUpdate(0, Integer.MAX_VALUE - 65_535)).send(Frames.get(1, wire));
            var last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20))
                    .until(() -> (written.get() > 0 || window == 65_535) && last.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan(64L << 20);
            assertThat(stopped).isNotDone();
        }
        assertThat(stopped.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    /** A client gives up a connection after a hundred of them ({@code contract/rest-api.md} §15.3). */
    @Test
    void noDataFrameIsEmptyOrPaddedButTheLast() throws Exception {
        server = Optional.of(wire.start(exchange -> {
            try (var out = exchange.start(200)) {
                out.flush();
                for (int i = 0; i < 5; i++) {
                    out.write('x');
                    out.flush();
                    out.flush();
                }
            }
        }));
        try (var raw = wire.connectMultiplexed(server.get().address())) {
            raw.send(Frames.settings()).send(Frames.get(1, wire));
            int bytes = 0;
            for (var frame = Frames.next(raw); ; frame = Frames.next(raw)) {
                if (frame.isData()) {
                    assertThat(frame.isPadded()).isFalse();
                    assertThat(frame.length() > 0 || frame.endsStream()).as("an empty frame in the middle").isTrue();
                    bytes += frame.length();
                    if (frame.endsStream()) {
                        break;
                    }
                }
            }
            assertThat(bytes).isEqualTo(5);
        }
    }

    /** Whether the handler waits for something else or for the client's body. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatSaysFarewellAndLeavesIsNoticed(boolean reading) throws Exception {
        var began = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        server = Optional.of(wire.start(exchange -> {
            exchange.onAbort(gone::countDown);
            began.countDown();
            try {
                if (reading) {
                    exchange.body().readAllBytes();
                } else {
                    wait(gone);
                }
                throw new IOException("left");
            } finally {
                ended.countDown();
            }
        }));
        try (var raw = wire.connectMultiplexed(server.get().address())) {
            raw.send(Frames.settings()).send(reading ? Frames.post(1, wire) : Frames.get(1, wire));
            wait(began);
            raw.send(Frames.goAway());
        }
        wait(gone);
        wait(ended);
    }

    @Test
    void theFirstSettingsAllowAThousandStreams() throws Exception {
        server = Optional.of(wire.start(_ -> {}));
        try (var raw = wire.connectMultiplexed(server.get().address())) {
            raw.send(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            var head = raw.read(9);
            assertThat(head[3]).as("the first frame is SETTINGS").isEqualTo((byte) 4);
            var settings = ByteBuffer.wrap(raw.read(ByteBuffer.wrap(Arrays.copyOf(new byte[] {0, head[0], head[1], head[2]}, 4)).getInt()));
            int streams = -1;
            while (settings.hasRemaining()) {
                int name = settings.getShort();
                int value = settings.getInt();
                // RFC 9113 §6.5.2: 3 is SETTINGS_MAX_CONCURRENT_STREAMS.
                streams = name == 3 ? value : streams;
            }
            assertThat(streams).isGreaterThanOrEqualTo(1000);
        }
    }
}
