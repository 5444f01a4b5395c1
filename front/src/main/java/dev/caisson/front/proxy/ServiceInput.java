package dev.caisson.front.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What a service sends: lines for heads, then raw bytes. */
final class ServiceInput {
    private static final int BUFFER = 16 * 1024;

    private final InputStream in;

    ServiceInput(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER);
    }

    /**
     * A line without its end.
     *
     * @throws EOFException if the stream ends within it
     * @throws MalformedAnswerException if it is longer than {@code limit} bytes
     */
    String line(int limit) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the service closed the connection in the middle of a line");
            }
            line.write(b);
            if (line.size() > limit) {
                throw new MalformedAnswerException("the service sent a line of more than " + limit + " bytes");
            }
        }
        var text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** Bytes that are there, at least one; -1 at the end. */
    int read(byte[] bytes, int length) throws IOException {
        return in.read(bytes, 0, length);
    }

    /** Whether a read would return at once; what was relayed so far need not wait for more otherwise. */
    boolean hasMore() throws IOException {
        return in.available() > 0;
    }
}
