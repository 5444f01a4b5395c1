package dev.caisson.front.rest;

import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.node.FileChange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An answer of one JSON object a line. It begins with the first line, so that what fails before that is answered like any other
 * failure. Used by one thread.
 */
final class JsonLines {
    private static final int BUFFER = 32 * 1024;

    private final Exchange exchange;
    private @Nullable OutputStream out;

    JsonLines(Exchange exchange) {
        this.exchange = exchange;
    }

    record Change(String change, String path) {}

    /** @throws UncheckedIOException if the client has left */
    void write(FileChange change) {
        try {
            var stream = stream();
            stream.write(Json.bytes(new Change(change.kind().name().toLowerCase(Locale.ROOT), change.path())));
            stream.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** There are no more lines. */
    void complete() throws IOException {
        stream().flush();
    }

    private OutputStream stream() throws IOException {
        var present = out;
        if (present == null) {
            exchange.setHeader("Content-Type", "application/x-ndjson; charset=utf-8");
            present = new BufferedOutputStream(exchange.start(200), BUFFER);
            out = present;
        }
        return present;
    }
}
