package dev.caisson.image;

import java.util.UUID;

/** Names one read-only layer of a root file system. Its {@link #text} form stands in journals and manifests. */
public sealed interface LayerName {
    /** An EROFS image of a {@link LayerStore}: 64 hex digits. */
    record Packed(ContentHash hash) implements LayerName {
        @Override
        public String text() {
            return hash.hex();
        }
    }

    /** A disk of {@link FrozenDisks}: a UUID. */
    record Frozen(UUID id) implements LayerName {
        @Override
        public String text() {
            return id.toString();
        }
    }

    String text();

    /** @throws IllegalArgumentException if it is neither */
    static LayerName of(String text) {
        return text.length() == 36 ? new Frozen(UUID.fromString(text)) : new Packed(new ContentHash(text));
    }
}
