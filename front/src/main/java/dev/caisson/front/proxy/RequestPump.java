package dev.caisson.front.proxy;

import dev.caisson.http.Exchange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the request's body to the service on a thread of its own, while the answer is awaited. A body that the service
 * does not want is left unread.
 */
final class RequestPump implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RequestPump.class);
    private static final int BUFFER = 16 * 1024;
    private static final int FRAME = 16;

    private final Exchange exchange;
    private final OutputStream out;
    private final CountDownLatch mayProceed;
    private volatile boolean over;

    RequestPump(Exchange exchange, OutputStream out) {
        this.exchange = exchange;
        this.out = out;
        // Reading the body tells the client to send it, and that is the service's decision.
        boolean waits = exchange.header("Expect").filter("100-continue"::equalsIgnoreCase).isPresent();
        this.mayProceed = new CountDownLatch(waits ? 1 : 0);
    }

    void start() {
        if (exchange.hasBody()) {
            Thread.ofVirtual().name("request body").start(this::run);
        }
    }

    /** The service wants the body. */
    void proceed() {
        mayProceed.countDown();
    }

    /** The answer is over, and so is the interest in the body. */
    @Override
    public void close() {
        over = true;
        mayProceed.countDown();
    }

    private void run() {
        try {
            mayProceed.await();
            if (!over) {
                copy();
            }
        } catch (IOException e) {
            // The service stopped reading, or the client left: whoever reads the answer sees how it ends.
            LOG.debug("a request's body broke off", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void copy() throws IOException {
        var buffer = new byte[BUFFER];
        var body = exchange.body();
        if (exchange.contentLength().isPresent()) {
            for (int n = body.read(buffer); n >= 0 && !over; n = body.read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
            }
            return;
        }
        // A chunk is sent with its frame, as one piece.
        var chunks = new BufferedOutputStream(out, BUFFER + FRAME);
        for (int n = body.read(buffer); n >= 0 && !over; n = body.read(buffer)) {
            ascii(chunks, Integer.toHexString(n) + "\r\n");
            chunks.write(buffer, 0, n);
            ascii(chunks, "\r\n");
            chunks.flush();
        }
        if (!over) {
            end(chunks);
        }
    }

    private void end(OutputStream chunks) throws IOException {
        ascii(chunks, "0\r\n");
        for (var trailer : exchange.trailers().entrySet()) {
            for (var value : trailer.getValue()) {
                ascii(chunks, trailer.getKey() + ": " + value + "\r\n");
            }
        }
        ascii(chunks, "\r\n");
        chunks.flush();
    }

    private static void ascii(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
