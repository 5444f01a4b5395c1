package dev.caisson.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A frame, or several that were joined ({@code guest-agent/PROTOCOL.md} §1).
 *
 * @param payload at most {@link #LARGEST} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed on, messages are not compared
record Message(FrameType type, byte[] payload) {
    /** Bytes of payload in one frame, at most. */
    static final int LARGEST_FRAME = 65_536;

    /** Bytes of payload in one message, at most. */
    static final int LARGEST = 4 << 20;

    /** Bytes in front of a frame's payload. */
    static final int HEADER = 5;

    static Message empty(FrameType type) {
        return new Message(type, new byte[0]);
    }

    PayloadReader reader() {
        return new PayloadReader(payload);
    }

    /** Appends the message as it goes over the wire, split where it must be. */
    void encode(ByteArrayOutputStream out) {
        var position = 0;
        while (payload.length - position > LARGEST_FRAME) {
            out.writeBytes(header(FrameType.PART, LARGEST_FRAME));
            out.write(payload, position, LARGEST_FRAME);
            position += LARGEST_FRAME;
        }
        out.writeBytes(header(type, payload.length - position));
        out.write(payload, position, payload.length - position);
    }

    static byte[] header(FrameType type, int length) {
        return ByteBuffer.allocate(HEADER).putInt(length).put((byte) type.code()).array();
    }
}
