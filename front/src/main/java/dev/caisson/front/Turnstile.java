package dev.caisson.front;

import dev.caisson.http.Exchange;
import dev.caisson.http.Handler;
import dev.caisson.http.HttpFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets a bounded number of requests in at once, each until its answer is written. The others wait their turn in order, and are refused before anything was
 * done for them if it does not come in time ({@code contract/rest-api.md} §15.2). Safe for use by many threads.
 */
final class Turnstile implements Handler {
    private final Handler inner;
    private final Semaphore places;
    private final Semaphore waiting;
    private final Duration patience;

    Turnstile(Handler inner, FrontLimits limits) {
        this.inner = inner;
        this.places = new Semaphore(limits.controlPlane(), true);
        this.waiting = new Semaphore(limits.waiting());
        this.patience = limits.patience();
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        if (!places.tryAcquire() && !waitForPlace(exchange)) {
            new HttpFailure(429, "the server has too many requests at a time; nothing was done", "", true).send(exchange);
            return;
        }
        // Whoever has a place must not keep it by sending nothing, nor by not reading the answer.
        var placed = new Placed(exchange, places);
        var prompt = new PromptBody(placed, patience);
        try {
            inner.handle(prompt);
        } finally {
            prompt.handlerReturned();
            placed.giveBack();
        }
    }

    private boolean waitForPlace(Exchange exchange) throws IOException {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            var left = new AtomicBoolean();
            exchange.onAbort(() -> left.set(true));
            var mine = places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (mine && left.get()) {
                places.release();
                throw new IOException("the client left while it waited for its turn");
            }
            return mine;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a request waited for its turn", e);
        } finally {
            waiting.release();
        }
    }

    /** Has a place until its answer is about to be written, which takes as long as the client likes. */
    private static final class Placed extends ForwardingExchange {
        private final Semaphore places;
        private boolean givenBack;

        Placed(Exchange inner, Semaphore places) {
            super(inner);
            this.places = places;
        }

        void giveBack() {
            if (!givenBack) {
                givenBack = true;
                places.release();
            }
        }

        @Override
        public void send(int status, byte[] body) throws IOException {
            giveBack();
            super.send(status, body);
        }

        @Override
        public OutputStream start(int status) throws IOException {
            giveBack();
            return super.start(status);
        }
    }
}
