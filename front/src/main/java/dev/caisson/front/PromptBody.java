package dev.caisson.front;

import dev.caisson.http.Exchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An exchange that is cut off if its body, once somebody reads it, does not come to its end in time. */
final class PromptBody extends ForwardingExchange {
    private final Duration patience;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean reading;

    PromptBody(Exchange inner, Duration patience) {
        super(inner);
        this.patience = patience;
    }

    @Override
    public InputStream body() throws IOException {
        var body = super.body();
        if (!reading) {
            reading = true;
            ended.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).exceptionally(_ -> {
                abort();
                return null;
            });
        }
        return new Watched(body);
    }

    /** The handler is done; whether the body has ended matters no more. */
    void handlerReturned() {
        ended.complete(null);
    }

    private final class Watched extends FilterInputStream {
        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            endedIf(b < 0);
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = in.read(bytes, offset, length);
            endedIf(n < 0);
            return n;
        }

        private void endedIf(boolean now) {
            if (now) {
                ended.complete(null);
            }
        }
    }
}
