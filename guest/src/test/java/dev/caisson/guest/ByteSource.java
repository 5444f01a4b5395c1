package dev.caisson.guest;

import java.io.ByteArrayInputStream;

/** Bytes that come in pieces of a given size. */
final class ByteSource implements FrameReader.Source {
    private final ByteArrayInputStream bytes;
    private final int most;
    private int reads;

    ByteSource(byte[] bytes, int most) {
        this.bytes = new ByteArrayInputStream(bytes);
        this.most = most;
    }

    int reads() {
        return reads;
    }

    void skipTurn() {
        reads++;
    }

    @Override
    public int read(byte[] into, int offset, int length, Deadline deadline) {
        reads++;
        return bytes.read(into, offset, Math.min(length, most));
    }
}
