package dev.caisson.envd.connect;

import java.util.Optional;

/** How request messages may be compressed. Answers never are. */
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
}
