package dev.caisson.image;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Disks that sandboxes wrote to and that are kept as they were, to be layers of others. Complete or absent: written aside,
 * flushed, renamed. Safe for use by many threads.
 */
public interface FrozenDisks {

    /** The image's path, stable for as long as the disk is kept. */
    Optional<Path> find(LayerName.Frozen name);

    /**
     * Keeps a copy of a disk that nobody writes to meanwhile; its owner goes on writing to the original. Shares blocks where
     * the file system can (reflink); elsewhere holes are not copied, and the time is that of the bytes there are.
     *
     * @throws ImageException {@code EXHAUSTED} if the host's file system is full; nothing is left then
     */
    LayerName.Frozen copy(Path disk);

    /** Keeps a disk that its owner will not write to again: it is moved here, without being copied. */
    LayerName.Frozen take(Path disk);

    /** Writes a copy of a kept disk to {@code target}, for one sandbox to write to. */
    void thaw(LayerName.Frozen name, Path target);

    /** Bytes that it takes by itself, as far as the file system tells. */
    long bytes(LayerName.Frozen name);

    /** Removes every disk that is not among {@code kept}, and every half-written file. Returns what was removed. */
    Set<LayerName.Frozen> retain(Set<LayerName.Frozen> kept);
}
