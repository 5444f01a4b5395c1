package dev.caisson.envd.connect;

/** One frame of a stream: a flag byte, a big-endian length, a payload ({@code contract/envd.md} §1.3). */
final class Envelope {
    static final int COMPRESSED = 1;
    static final int END = 2;
    static final int HEAD_LENGTH = 5;

    private final int flags;
    private final byte[] payload;

    Envelope(int flags, byte[] payload) {
        this.flags = flags;
        this.payload = payload;
    }

    boolean compressed() {
        return (flags & COMPRESSED) != 0;
    }

    byte[] payload() {
        return payload;
    }
}
