package dev.caisson.image;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Read-only EROFS images in one folder, each named by its content hash. Safe for use by many threads. */
public interface LayerStore {

    /** The image's path, stable for as long as the layer is kept. */
    Optional<Path> find(ContentHash layer);

    /**
     * Packs a folder tree into an EROFS image and keeps it: written aside, flushed, renamed. The same tree gives the same
     * hash. Progress goes to {@code progress}.
     */
    ContentHash pack(Path tree, Progress progress);

    /** Removes every layer that is not among {@code kept}, and every half-written file. Returns what was removed. */
    Set<ContentHash> retain(Set<ContentHash> kept);
}
