package dev.caisson.http;

import java.io.IOException;

/**
 * Answers requests. Runs on a virtual thread of its own and may block. The answer is complete when it returns. A
 * {@link dev.caisson.base.CaissonException} that escapes becomes the JSON answer of its category, or cuts the answer off if
 * its head was sent; an {@link IOException} means that the client is gone.
 */
@FunctionalInterface
public interface Handler {
    void handle(Exchange exchange) throws IOException;
}
