package dev.caisson.envd.connect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Takes envelopes off a request body, one as it comes. */
final class EnvelopeReader {
    private final InputStream in;
    private final int maxBytes;

    EnvelopeReader(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /**
     * The next envelope; empty where the body ends.
     *
     * @throws ConnectFailure {@code invalid_argument} for a body that ends inside an envelope or has flags that a client
     *     does not send, {@code resource_exhausted} for one that is too long
     */
    Optional<Envelope> next() throws IOException {
        var head = in.readNBytes(Envelope.HEAD_LENGTH);
        if (head.length == 0) {
            return Optional.empty();
        }
        if (head.length < Envelope.HEAD_LENGTH) {
            throw ConnectFailure.invalid("the body ends inside the head of an envelope");
        }
        var flags = head[0] & 0xff;
        if ((flags & ~Envelope.COMPRESSED) != 0) {
            throw ConnectFailure.invalid("an envelope of a request cannot have the flags " + flags);
        }
        var length = Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(1));
        if (length > maxBytes) {
            throw tooLong(length, maxBytes);
        }
        var payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw ConnectFailure.invalid("an envelope promised " + length + " bytes and had " + payload.length);
        }
        return Optional.of(new Envelope(flags, payload));
    }

    static ConnectFailure tooLong(long length, int maxBytes) {
        return new ConnectFailure(
                ConnectCode.RESOURCE_EXHAUSTED, "a message of " + length + " bytes is longer than the limit of " + maxBytes);
    }
}
