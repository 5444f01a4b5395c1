package dev.caisson.front.proxy;

import dev.caisson.http.Exchange;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** Carries a service's answer to the client, each piece as it comes. What breaks off there is cut off here. */
final class AnswerRelay {
    private static final int CHUNK_LINE_LIMIT = 1024;

    private final Exchange exchange;
    private final ServiceHead head;
    private final ServiceInput input;
    private final Framing framing;

    /** @throws MalformedAnswerException if the head does not tell where the body ends */
    AnswerRelay(Exchange exchange, ServiceHead head, ServiceInput input) {
        this.exchange = exchange;
        this.head = head;
        this.input = input;
        this.framing = framing(head);
    }

    void run() throws IOException {
        boolean bodiless = exchange.method().equals("HEAD") || head.status() == 204 || head.status() == 304;
        copyHeaders();
        if (!bodiless && framing instanceof Framing.Length(var length) && input.has(length)) {
            exchange.send(head.status(), input.take((int) length));
            return;
        }
        var out = exchange.start(head.status());
        if (bodiless) {
            return;
        }
        switch (framing) {
            case Framing.Chunked() -> relayChunks(out);
            case Framing.Length(var length) -> relay(out, length);
            case Framing.UntilEnd() -> relayUntilEnd(out);
        }
    }

    /** How the end of the service's body is told. */
    private sealed interface Framing {
        record Chunked() implements Framing {}

        record Length(long length) implements Framing {}

        record UntilEnd() implements Framing {}
    }

    private static Framing framing(ServiceHead head) {
        var encodings = head.values("Transfer-Encoding");
        if (!encodings.isEmpty()) {
            if (encodings.size() > 1 || !encodings.getFirst().equalsIgnoreCase("chunked")) {
                throw new MalformedAnswerException("the service sent a body in the transfer coding " + encodings);
            }
            return new Framing.Chunked();
        }
        var lengths = head.values("Content-Length").stream().distinct().toList();
        if (lengths.isEmpty()) {
            return new Framing.UntilEnd();
        }
        try {
            long length = Long.parseLong(lengths.getFirst());
            if (lengths.size() == 1 && length >= 0) {
                return new Framing.Length(length);
            }
        } catch (NumberFormatException e) {
            throw new MalformedAnswerException("the service sent the Content-Length " + lengths);
        }
        throw new MalformedAnswerException("the service sent the Content-Length " + lengths);
    }

    private void copyHeaders() {
        var dropped = HopByHop.named(head.values("Connection"));
        for (var header : head.headers()) {
            var isLength = header.name().equalsIgnoreCase("Content-Length");
            if (!isLength && !dropped.contains(header.name().toLowerCase(Locale.ROOT))) {
                exchange.addHeader(header.name(), header.value());
            }
        }
        if (framing instanceof Framing.Length(var length) && head.status() != 204 && head.status() != 304) {
            exchange.setHeader("Content-Length", Long.toString(length));
        }
    }

    private void relay(OutputStream out, long length) throws IOException {
        for (long left = length; left > 0; ) {
            long n = input.pass(out, left);
            if (n < 0) {
                throw new EOFException("the service closed the connection " + left + " bytes before the end of its answer");
            }
            left -= n;
        }
        out.flush();
    }

    private void relayUntilEnd(OutputStream out) throws IOException {
        while (input.pass(out, Long.MAX_VALUE) >= 0) {
            // The next piece.
        }
    }

    private void relayChunks(OutputStream out) throws IOException {
        for (long size = chunkSize(); size > 0; size = chunkSize()) {
            relay(out, size);
            if (!input.line(CHUNK_LINE_LIMIT).isEmpty()) {
                throw new MalformedAnswerException("the service sent a chunk longer than it said");
            }
        }
        ServiceHead.readHeaders(input).forEach(trailer -> exchange.addTrailer(trailer.name(), trailer.value()));
    }

    private long chunkSize() throws IOException {
        var line = input.line(CHUNK_LINE_LIMIT);
        int semicolon = line.indexOf(';');
        var size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        try {
            if (!size.startsWith("-") && !size.startsWith("+")) {
                return Long.parseLong(size, 16);
            }
        } catch (NumberFormatException e) {
            throw new MalformedAnswerException("the service sent a chunk without a size");
        }
        throw new MalformedAnswerException("the service sent a chunk without a size");
    }
}
