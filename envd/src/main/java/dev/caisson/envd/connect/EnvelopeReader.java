package dev.caisson.envd.connect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Takes the messages in envelopes off a request body, one as it comes. */
final class EnvelopeReader {
    private final MessageReader reader;

    EnvelopeReader(MessageReader reader) {
        this.reader = reader;
    }

    /**
     * The next message, unpacked; empty where the body ends.
     *
     * @throws ConnectFailure {@code invalid_argument} for a body that ends inside an envelope or has flags that a client does not
     *     send, {@code internal} for one that is packed though nothing announced it (as the protocol's conformance suite wants
     *     it), {@code resource_exhausted} for a message that is too long
     */
    Optional<byte[]> next() throws IOException {
        reader.close();
        var head = reader.head(Envelope.HEAD_LENGTH);
        if (head.length == 0) {
            return Optional.empty();
        }
        if (head.length < Envelope.HEAD_LENGTH) {
            throw ConnectFailure.invalid("the body ends inside the head of an envelope");
        }
        var packed = isPacked(head[0] & 0xff);
        return Optional.of(reader.message(Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(1)), packed));
    }

    private boolean isPacked(int flags) {
        if ((flags & ~Envelope.COMPRESSED) != 0) {
            throw ConnectFailure.invalid("an envelope of a request cannot have the flags " + flags);
        }
        if (flags != 0 && !reader.compressed()) {
            throw new ConnectFailure(
                    ConnectCode.INTERNAL, "an envelope is compressed, but Connect-Content-Encoding names no compression");
        }
        return flags != 0;
    }
}
