package dev.caisson.front.jetty;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The body of a streamed answer. Small writes gather until a flush; large ones go straight through. Blocks while the client
 * does not read.
 */
final class AnswerStream extends OutputStream {
    /** Buffers are what a thousand idle streams cost, so a small one, made when first needed. */
    private static final int BUFFER = 8192;

    private final Response response;
    private byte[] buffer = new byte[0];
    private int filled;
    private boolean over;

    AnswerStream(Response response) {
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        requireOpen();
        if (length > BUFFER - filled) {
            flush();
        }
        if (length >= BUFFER) {
            send(response, false, ByteBuffer.wrap(bytes, offset, length));
            return;
        }
        if (buffer.length == 0) {
            buffer = new byte[BUFFER];
        }
        System.arraycopy(bytes, offset, buffer, filled, length);
        filled += length;
    }

    @Override
    public void flush() throws IOException {
        if (filled > 0) {
            requireOpen();
            var bytes = ByteBuffer.wrap(buffer, 0, filled);
            filled = 0;
            send(response, false, bytes);
        }
    }

    /** Flushes; the answer ends when its handler returns. */
    @Override
    public void close() throws IOException {
        if (!over) {
            flush();
        }
    }

    /** Sends what is left and the end. */
    void end() throws IOException {
        if (!over) {
            over = true;
            send(response, true, ByteBuffer.wrap(buffer, 0, filled));
        }
    }

    private void requireOpen() throws IOException {
        if (over) {
            throw new IOException("the answer has ended");
        }
    }

    /** Writes and waits until the bytes are with the operating system. */
    static void send(Response response, boolean last, ByteBuffer bytes) throws IOException {
        try (var done = Blocker.callback()) {
            response.write(last, bytes.hasRemaining() ? bytes : BufferUtil.EMPTY_BUFFER, done);
            done.block();
        }
    }
}
