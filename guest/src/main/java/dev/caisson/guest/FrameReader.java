package dev.caisson.guest;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads frames from a connection. When a deadline passes in the middle of one (a {@code SocketTimeoutException}), what has
 * come so far is kept and the next call goes on from there. Used by one thread at a time.
 */
final class FrameReader {
    private static final int BUFFER = 8192;
    /** Larger first arrays would let a frame of which nothing arrives cost its whole announced length. */
    private static final int FIRST_PIECE = 16 * 1024;
    private static final byte[] NOTHING = {};

    private final Source source;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;

    private boolean inFrame;
    private FrameType type = FrameType.PART;
    private int left;
    private byte[] payload = NOTHING;
    private int filled;
    private ByteArrayOutputStream parts = new ByteArrayOutputStream(0);

    /** Where bytes come from: at most {@code length}, waiting for the first one until the deadline; -1 at the end. */
    @FunctionalInterface
    interface Source {
        int read(byte[] into, int offset, int length, Deadline deadline) throws IOException;
    }

    FrameReader(Source source) {
        this.source = source;
    }

    /** The next message, its parts joined. */
    Message message(Deadline deadline) throws IOException {
        while (true) {
            var frame = frameType(deadline);
            fillPayload(deadline);
            inFrame = false;
            if (parts.size() + filled > Message.LARGEST) {
                throw new MalformedException("a message of more than " + Message.LARGEST + " bytes");
            }
            if (frame != FrameType.PART && parts.size() == 0) {
                return new Message(frame, payload.length == filled ? payload : Arrays.copyOf(payload, filled));
            }
            parts.write(payload, 0, filled);
            if (frame != FrameType.PART) {
                var whole = parts.toByteArray();
                parts = new ByteArrayOutputStream(0);
                return new Message(frame, whole);
            }
        }
    }

    /** The type of the frame that is being read or comes next; for frames that are not read as messages. */
    FrameType frameType(Deadline deadline) throws IOException {
        if (!inFrame) {
            while (limit - position < Message.HEADER) {
                fillBuffer(deadline);
            }
            var header = ByteBuffer.wrap(buffer, position, Message.HEADER);
            var length = header.getInt();
            if (length < 0 || length > Message.LARGEST_FRAME) {
                throw new MalformedException("a frame of " + (length & 0xffff_ffffL) + " bytes");
            }
            type = FrameType.of(header.get());
            position += Message.HEADER;
            left = length;
            filled = 0;
            payload = NOTHING;
            inFrame = true;
        }
        return type;
    }

    /** Some bytes of the frame that {@link #frameType} announced; 0 when it has no more, and then the next frame follows. */
    int body(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        if (left == 0) {
            inFrame = false;
            return 0;
        }
        var count = read(into, offset, Math.min(left, length), deadline);
        left -= count;
        return count;
    }

    /** Bytes that were read from the connection already but belong to no frame; 0 when there are none. */
    int leftover(byte[] into, int offset, int length) {
        return fromBuffer(into, offset, length);
    }

    /** Whether something has come that was not read yet. */
    boolean hasBuffered() {
        return inFrame || position < limit || parts.size() > 0;
    }

    private void fillPayload(Deadline deadline) throws IOException {
        while (left > 0) {
            if (filled == payload.length) {
                payload = Arrays.copyOf(payload, Math.min(filled + left, Math.max(FIRST_PIECE, 2 * filled)));
            }
            var count = read(payload, filled, payload.length - filled, deadline);
            filled += count;
            left -= count;
        }
    }

    private int read(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        if (position < limit) {
            return fromBuffer(into, offset, length);
        }
        if (length >= BUFFER) {
            return some(into, offset, length, deadline);
        }
        fillBuffer(deadline);
        return fromBuffer(into, offset, length);
    }

    private int fromBuffer(byte[] into, int offset, int length) {
        var count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    private void fillBuffer(Deadline deadline) throws IOException {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        limit += some(buffer, limit, buffer.length - limit, deadline);
    }

    private int some(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        var count = source.read(into, offset, length, deadline);
        if (count < 0) {
            throw new EOFException("the agent closed the connection");
        }
        return count;
    }
}
