package dev.caisson.front.jetty;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of HTTP/2 by hand (RFC 9113 §4.1, §6). */
final class Frames {
    static final int INITIAL_WINDOW_SIZE = 4;

    private static final byte DATA = 0;
    private static final byte HEADERS = 1;
    private static final byte SETTINGS = 4;
    private static final byte GOAWAY = 7;
    private static final byte WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;

    private Frames() {}

    /** One that came. */
    record Frame(byte type, int flags, int length) {
        boolean isData() {
            return type == DATA;
        }

        boolean isPadded() {
            return (flags & PADDED) != 0;
        }

        boolean endsStream() {
            return (flags & END_STREAM) != 0;
        }
    }

    static byte[] settings() {
        return frame(SETTINGS, 0, 0, new byte[0]);
    }

    static byte[] settings(int name, int value) {
        return frame(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) name).putInt(value).array());
    }

    static byte[] windowUpdate(int stream, int increment) {
        return frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(increment).array());
    }

    /** The client will open no more streams, for no particular reason. */
    static byte[] goAway() {
        return frame(GOAWAY, 0, 0, new byte[8]);
    }

    /** {@code GET /}. */
    static byte[] get(int stream, Wire wire) {
        return headers(stream, END_STREAM | END_HEADERS, 0x82, wire);
    }

    /** {@code POST /} with a body to follow. */
    static byte[] post(int stream, Wire wire) {
        return headers(stream, END_HEADERS, 0x83, wire);
    }

    /** With names from HPACK's static table (RFC 7541 appendix A). */
    private static byte[] headers(int stream, int flags, int method, Wire wire) {
        var authority = "localhost".getBytes(StandardCharsets.US_ASCII);
        var block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {(byte) method, (byte) (wire == Wire.TLS ? 0x87 : 0x86), (byte) 0x84, 0x01, (byte) authority.length});
        block.writeBytes(authority);
        return frame(HEADERS, flags, stream, block.toByteArray());
    }

    private static byte[] frame(byte type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16)).putShort((short) payload.length)
                .put(type).put((byte) flags).putInt(stream).put(payload).array();
    }

    static Frame next(RawClient client) throws IOException {
        var head = client.read(9);
        if (head.length < 9) {
            throw new EOFException("the connection ended");
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        client.read(length);
        return new Frame(head[3], head[4], length);
    }
}
