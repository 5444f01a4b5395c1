package dev.caisson.envd.connect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** How request messages are compressed. Answers never are. */
enum Compression {
    IDENTITY,
    GZIP;

    /** @throws ConnectFailure {@code unimplemented} for a coding we do not have ({@code contract/envd.md} §1.2) */
    static Compression of(Optional<String> header) {
        return switch (header.orElse("")) {
            case "", "identity" -> IDENTITY;
            case "gzip" -> GZIP;
            default -> throw new ConnectFailure(
                    ConnectCode.UNIMPLEMENTED,
                    "the compression '" + header.orElseThrow() + "' is not supported; supported are gzip and identity");
        };
    }

    /** The plain message; bounded, because a few kilobytes can unpack to gigabytes. */
    byte[] unpack(byte[] message, int maxBytes) {
        if (this == IDENTITY || message.length == 0) {
            return message;
        }
        try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(message))) {
            var bytes = plain.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw EnvelopeReader.tooLong(bytes.length, maxBytes);
            }
            return bytes;
        } catch (IOException e) {
            throw new ConnectFailure(ConnectCode.INVALID_ARGUMENT, "the message is not valid gzip: " + e.getMessage(), e);
        }
    }
}
