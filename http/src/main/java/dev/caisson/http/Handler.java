package dev.caisson.http;

import java.io.IOException;

/**
 * Answers requests. Runs on a virtual thread of its own and may block. A {@link dev.caisson.base.CaissonException} that
 * escapes becomes the JSON answer of its category; an {@link IOException} means that the client is gone.
 */
@FunctionalInterface
public interface Handler {
    void handle(Exchange exchange) throws IOException;
}
