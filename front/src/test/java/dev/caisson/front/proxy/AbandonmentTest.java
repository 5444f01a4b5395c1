package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.front.jetty.Wire;
import dev.caisson.guest.GuestStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that gives up a request ends the service's connection at once, whatever is under way and whatever carried it. */
@ParameterizedClass
@EnumSource(AbandonmentTest.Road.class)
class AbandonmentTest {
    private final Road road;
    private final Services services;
    private final HttpClient client;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What a request comes on. */
    enum Road {
        HTTP1(Wire.CLEAR, HttpClient.Version.HTTP_1_1),
        HTTP1_TLS(Wire.TLS, HttpClient.Version.HTTP_1_1),
        HTTP2(Wire.CLEAR, HttpClient.Version.HTTP_2),
        HTTP2_TLS(Wire.TLS, HttpClient.Version.HTTP_2);

        private final Wire wire;
        private final HttpClient.Version version;

        Road(Wire wire, HttpClient.Version version) {
            this.wire = wire;
            this.version = version;
        }
    }

    AbandonmentTest(Road road) {
        this.road = road;
        this.services = new Services(road.wire);
        this.client = road.wire.http().version(road.version).build();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        services.close();
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(URI.create(road.wire.url(services.address(), "/")))
                .header("E2b-Sandbox-Id", services.sandbox().value())
                .header("E2b-Sandbox-Port", Integer.toString(Services.PORT))
                .timeout(Duration.ofSeconds(30));
    }

    /** The request that changes a connection in clear text to HTTP/2 is a special one; what is tested comes after it. */
    @BeforeEach
    void connect() throws Exception {
        var nobody = HttpRequest.newBuilder(URI.create(road.wire.url(services.address(), "/"))).header("E2b-Sandbox-Id", "i".repeat(20)).build();
        assertThat(client.send(nobody, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(502);
    }

    /** A service that says {@code words} and then waits for the end of its connection. */
    private void serve(String words) {
        services.serve(stream -> {
            Services.head(stream);
            Services.say(stream, words);
            asked.countDown();
            awaitEnd(stream);
            closed.countDown();
        });
    }

    private static void awaitEnd(GuestStream stream) {
        try {
            while (stream.input().read() >= 0) {
                // The body of the request.
            }
        } catch (IOException e) {
            // A reset is an end too.
        }
    }

    private InputStream streaming() throws Exception {
        serve("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        var answer = client.send(request().build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.version()).isEqualTo(road.version);
        assertThat(answer.body().readNBytes(9)).asString().isEqualTo("data: 1\n\n");
        return answer.body();
    }

    private void expectClosed() throws InterruptedException {
        assertThat(closed.await(15, TimeUnit.SECONDS)).as("the service's connection is closed").isTrue();
    }

    @Test
    void whileTheAnswerStreams() throws Exception {
        streaming().close();
        expectClosed();
    }

    @Test
    void withItsWholeConnection() throws Exception {
        try (var body = streaming()) {
            client.shutdownNow();
            expectClosed();
            assertThat(body).isNotNull();
        }
    }

    @Test
    void beforeAnyAnswer() throws Exception {
        serve("");
        var answer = client.sendAsync(request().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(asked.await(15, TimeUnit.SECONDS)).isTrue();
        answer.cancel(true);
        expectClosed();
    }

    @Test
    void inTheMiddleOfItsOwnBody() throws Exception {
        serve("");
        var answer = client.sendAsync(request().POST(HttpRequest.BodyPublishers.fromPublisher(new Unfinished())).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(asked.await(15, TimeUnit.SECONDS)).isTrue();
        answer.cancel(true);
        expectClosed();
    }

    /** A body that begins and does not go on. */
    private static final class Unfinished implements Flow.Publisher<ByteBuffer> {
        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            var begun = new CompletableFuture<Void>();
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    if (begun.complete(null)) {
                        subscriber.onNext(ByteBuffer.wrap(new byte[1000]));
                    }
                }

                @Override
                public void cancel() {
                    // Nothing is under way.
                }
            });
        }
    }
}
