package dev.caisson.http;

import dev.caisson.base.CaissonException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of a handler by a server: turns whatever escapes it into an answer, or into a cut where the head is out. */
public final class HandlerCall {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerCall.class);

    private HandlerCall() {}

    /**
     * Calls the handler.
     *
     * @return true if the answer is complete; false if it was or has to be cut off
     */
    public static boolean run(Handler handler, Exchange exchange) {
        try {
            handler.handle(exchange);
            if (exchange.started()) {
                return true;
            }
            LOG.error("{} {} was answered by nobody", exchange.method(), exchange.rawPath());
            return answer(exchange, new HttpFailure(500, "the server gave no answer to this request"));
        } catch (CaissonException e) {
            return answer(exchange, HttpFailure.of(e));
        } catch (IOException e) {
            LOG.debug("{} {}: the client is gone", exchange.method(), exchange.rawPath(), e);
            return false;
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.method(), exchange.rawPath(), e);
            return answer(exchange, new HttpFailure(500, "the server failed on this request; its log says why"));
        }
    }

    private static boolean answer(Exchange exchange, HttpFailure failure) {
        if (exchange.started()) {
            LOG.debug("{} {} is cut off: {}", exchange.method(), exchange.rawPath(), failure.message());
            return false;
        }
        try {
            failure.send(exchange);
            return true;
        } catch (IOException e) {
            LOG.debug("{} {}: the client is gone", exchange.method(), exchange.rawPath(), e);
            return false;
        }
    }
}
