package dev.caisson.envd;

import dev.caisson.guest.FileRead;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/** Several parts of a file in one answer, {@code multipart/byteranges} (RFC 9110 §14.6). */
final class ByteRanges {
    private static final int BOUNDARY_BYTES = 15;

    private final Exchange exchange;
    private final long size;
    private final String type;
    private final List<ByteRange> ranges;
    private final String boundary;

    ByteRanges(Exchange exchange, long size, String type, List<ByteRange> ranges) {
        this.exchange = exchange;
        this.size = size;
        this.type = type;
        this.ranges = ranges;
        var random = new byte[BOUNDARY_BYTES];
        new SecureRandom().nextBytes(random);
        this.boundary = HexFormat.of().formatHex(random);
    }

    void send(Function<ByteRange, FileRead> open) throws IOException {
        exchange.setHeader("Content-Type", "multipart/byteranges; boundary=" + boundary);
        exchange.setHeader("Content-Length", Long.toString(length()));
        var out = exchange.start(206);
        for (var range : ranges) {
            write(out, head(range));
            part(open, range, out);
        }
        write(out, tail());
        out.close();
    }

    private void part(Function<ByteRange, FileRead> open, ByteRange range, OutputStream out) throws IOException {
        try (var part = open.apply(range)) {
            new Transfer(exchange, part).exactly(range.length(), out);
        }
    }

    private long length() {
        return ranges.stream().mapToLong(range -> head(range).length() + range.length()).sum() + tail().length();
    }

    private String head(ByteRange range) {
        return "\r\n--" + boundary + "\r\nContent-Range: " + range.contentRange(size) + "\r\nContent-Type: " + type
                + "\r\n\r\n";
    }

    private String tail() {
        return "\r\n--" + boundary + "--\r\n";
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
