package dev.caisson.envd.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Puts envelopes on an answer's body, each in one write and flushed. */
final class EnvelopeWriter {
    private final OutputStream out;

    EnvelopeWriter(OutputStream out) {
        this.out = out;
    }

    void write(int flags, byte[] payload) throws IOException {
        var frame = ByteBuffer.allocate(Envelope.HEAD_LENGTH + payload.length);
        frame.put((byte) flags).putInt(payload.length).put(payload);
        out.write(frame.array());
        out.flush();
    }
}
