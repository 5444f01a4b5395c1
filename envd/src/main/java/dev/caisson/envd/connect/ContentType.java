package dev.caisson.envd.connect;

import java.util.Locale;
import java.util.Optional;

/** What a {@code Content-Type} says about a call. */
record ContentType(boolean stream, Codec codec) {

    /** Parameters are ignored; they are never sent back, because some clients compare exactly ({@code contract/envd.md} §1.3). */
    static Optional<ContentType> parse(String header) {
        var semicolon = header.indexOf(';');
        var type = (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        for (var codec : Codec.values()) {
            for (var stream : new boolean[] {false, true}) {
                var candidate = new ContentType(stream, codec);
                if (candidate.wireName().equals(type)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    String wireName() {
        return "application/" + (stream ? "connect+" : "") + codec.wireName();
    }
}
