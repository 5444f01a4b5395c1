package dev.caisson.front.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a service sends: lines for heads, then raw bytes. Its buffer is what an idle stream costs, so that it is small until a
 * service has much to send, and small again when it has nothing. Used by one thread.
 */
final class ServiceInput {
    private static final int SMALL = 8 * 1024;
    private static final int LARGE = 64 * 1024;

    private final InputStream in;
    private byte[] buffer = new byte[SMALL];
    private int position;
    private int limit;

    ServiceInput(InputStream in) {
        this.in = in;
    }

    /**
     * A line without its end.
     *
     * @throws EOFException if the stream ends within it
     * @throws MalformedAnswerException if it is longer than {@code most} bytes
     */
    String line(int most) throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            if (position == limit && !fill()) {
                throw new EOFException("the service closed the connection in the middle of a line");
            }
            int start = position;
            while (position < limit && buffer[position] != '\n') {
                position++;
            }
            line.write(buffer, start, position - start);
            if (line.size() > most) {
                throw new MalformedAnswerException("the service sent a line of more than " + most + " bytes");
            }
            if (position < limit) {
                position++;
                var text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
        }
    }

    /**
     * Passes on bytes that are there, at least one and at most so many, flushed when no more have come yet.
     *
     * @return how many; -1 at the end
     */
    long pass(OutputStream out, long most) throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        int n = (int) Math.min(limit - position, most);
        out.write(buffer, position, n);
        position += n;
        if (position == limit && in.available() == 0) {
            out.flush();
            buffer = buffer.length > SMALL ? new byte[SMALL] : buffer;
        }
        return n;
    }

    /** The next bytes if so many have been read already, but passed to nobody. */
    boolean has(long length) {
        return length <= limit - position;
    }

    /** Takes bytes that {@link #has} said are there. */
    byte[] take(int length) {
        var bytes = new byte[length];
        System.arraycopy(buffer, position, bytes, 0, length);
        position += length;
        return bytes;
    }

    /** To be called with an empty buffer; false at the end. */
    private boolean fill() throws IOException {
        if (limit == buffer.length && buffer.length < LARGE) {
            buffer = new byte[Math.min(LARGE, 4 * buffer.length)];
        }
        position = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        return limit > 0;
    }
}
