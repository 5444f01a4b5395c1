package dev.caisson.envd;

import dev.caisson.guest.FileRead;
import dev.caisson.guest.GuestException;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The content of a guest's file on its way to a client. If the guest fails or has less than it promised, the answer is cut
 * off, so that the client does not take a part for the whole; an {@link IOException} then ends the request.
 */
final class Transfer {
    private static final int BUFFER_BYTES = 65536;

    private final Exchange exchange;
    private final InputStream content;

    Transfer(Exchange exchange, FileRead read) {
        this.exchange = exchange;
        this.content = read.content();
        exchange.onAbort(read::close);
    }

    /** The first bytes, fewer only where the file has no more. */
    byte[] beginning(int length) throws IOException {
        var bytes = new byte[length];
        var have = 0;
        while (have < length) {
            var count = read(bytes, have, length - have);
            if (count < 0) {
                break;
            }
            have += count;
        }
        return Arrays.copyOf(bytes, have);
    }

    void all(OutputStream out) throws IOException {
        copy(Long.MAX_VALUE, out);
    }

    void exactly(long length, OutputStream out) throws IOException {
        if (copy(length, out) < length) {
            exchange.abort();
            throw new IOException("the file became shorter while it was read");
        }
    }

    private long copy(long limit, OutputStream out) throws IOException {
        var buffer = new byte[BUFFER_BYTES];
        var copied = 0L;
        while (copied < limit) {
            var count = read(buffer, 0, (int) Math.min(buffer.length, limit - copied));
            if (count < 0) {
                break;
            }
            out.write(buffer, 0, count);
            copied += count;
        }
        return copied;
    }

    private int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return content.read(buffer, offset, length);
        } catch (IOException | GuestException e) {
            exchange.abort();
            throw new IOException("the guest failed while the file was read", e);
        }
    }
}
