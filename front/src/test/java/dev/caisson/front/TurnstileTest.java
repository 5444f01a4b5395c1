package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.testing.FakeExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger inside = new AtomicInteger();

    private Handler turnstile(int places, int waiting, Duration patience) {
        return new Turnstile(this::hold, new FrontLimits(1, 1, places, waiting, patience, patience));
    }

    private void hold(Exchange exchange) throws IOException {
        inside.incrementAndGet();
        try {
            assertThat(release.await(15, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        exchange.send(200, new byte[] {'x'});
    }

    private static CompletableFuture<FakeExchange> call(Handler handler, FakeExchange exchange) {
        var answered = new CompletableFuture<FakeExchange>();
        Thread.ofVirtual().start(() -> answered.complete(exchange.handledBy(handler)));
        return answered;
    }

    private static CompletableFuture<FakeExchange> call(Handler handler) {
        return call(handler, FakeExchange.request("GET", "/sandboxes"));
    }

    @Test
    void whoFindsNoPlaceWaitsForOne() throws Exception {
        var turnstile = turnstile(1, 10, Duration.ofSeconds(15));
        var first = call(turnstile);
        await().until(() -> inside.get() == 1);
        var second = call(turnstile);
        release.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(second.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(inside).hasValue(2);
    }

    @Test
    void whoWaitsTooLongIsToldToComeAgainAndNothingWasDone() throws Exception {
        var turnstile = turnstile(1, 10, Duration.ofMillis(20));
        var first = call(turnstile);
        await().until(() -> inside.get() == 1);
        assertRefused(call(turnstile).get(10, TimeUnit.SECONDS));
        release.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(inside).hasValue(1);
    }

    @Test
    void ifTooManyWaitTheNextOneIsRefusedAtOnce() throws Exception {
        var turnstile = turnstile(1, 0, Duration.ofHours(1));
        var first = call(turnstile);
        await().until(() -> inside.get() == 1);
        assertRefused(call(turnstile).get(10, TimeUnit.SECONDS));
        release.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
    }

    @Test
    void whoLeavesWhileWaitingIsNotServed() throws Exception {
        var turnstile = turnstile(1, 10, Duration.ofSeconds(15));
        var first = call(turnstile);
        await().until(() -> inside.get() == 1);
        var leaving = FakeExchange.request("POST", "/sandboxes");
        var second = call(turnstile, leaving);
        leaving.clientLeaves();
        release.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(second.get(10, TimeUnit.SECONDS).complete()).isFalse();
        assertThat(inside).hasValue(1);
    }

    @Test
    void aBodyThatDoesNotEndIsCutOff() throws Exception {
        var turnstile = new Turnstile(exchange -> {
            exchange.body().readAllBytes();
            throw new AssertionError("it has no end");
        }, new FrontLimits(1, 1, 1, 1, Duration.ofMillis(50), Duration.ofMillis(50)));
        var stalled = FakeExchange.request("POST", "/sandboxes");
        stalled.body(new EndlessWait(stalled));
        assertThat(call(turnstile, stalled).get(10, TimeUnit.SECONDS).aborted()).isTrue();
    }

    @Test
    void aClientThatDoesNotReadItsAnswerTakesNobodysPlace() throws Exception {
        var turnstile = new Turnstile(exchange -> {
            inside.incrementAndGet();
            if (exchange.rawPath().equals("/logs")) {
                exchange.start(200).close();
            } else {
                exchange.send(200, new byte[] {'x'});
            }
        }, new FrontLimits(1, 1, 1, 1, Duration.ofSeconds(15), Duration.ofSeconds(15)));
        Handler unread = exchange -> turnstile.handle(new Unread(exchange, release));
        var first = call(unread);
        await().until(() -> inside.get() == 1);
        var second = call(unread, FakeExchange.request("GET", "/logs"));
        await().until(() -> inside.get() == 2);
        assertThat(call(turnstile).get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(first.isDone() || second.isDone()).isFalse();
        release.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(second.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(call(turnstile).get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
    }

    private static void assertRefused(FakeExchange exchange) {
        assertThat(exchange.status()).isEqualTo(429);
        assertThat(exchange.answerHeader("Retry-After")).contains("1");
        assertThat(exchange.answerHeader("Should-Retry")).contains("true");
        assertThat(exchange.answerText()).startsWith("{\"code\":429,\"message\":");
    }

    /** A body of which nothing comes until its exchange is cut off. */
    private static final class EndlessWait extends InputStream {
        private final CountDownLatch cut = new CountDownLatch(1);

        EndlessWait(FakeExchange exchange) {
            exchange.onAbort(cut::countDown);
        }

        @Override
        public int read() throws IOException {
            try {
                assertThat(cut.await(15, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            throw new IOException("cut off");
        }
    }

    /** An exchange whose client takes nothing of the answer for a while. */
    private static final class Unread extends ForwardingExchange {
        private final CountDownLatch read;

        Unread(Exchange inner, CountDownLatch read) {
            super(inner);
            this.read = read;
        }

        @Override
        public void send(int status, byte[] body) throws IOException {
            awaitReader();
            super.send(status, body);
        }

        @Override
        public OutputStream start(int status) throws IOException {
            awaitReader();
            return super.start(status);
        }

        private void awaitReader() {
            try {
                assertThat(read.await(15, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
