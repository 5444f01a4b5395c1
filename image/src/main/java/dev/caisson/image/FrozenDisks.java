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
     * Copies a disk that nobody writes to meanwhile; when this returns its owner may go on writing to the original. Shares
     * blocks where the file system can (reflink); elsewhere holes are not copied, and the time is that of the bytes there are.
     *
     * @throws ImageException {@code EXHAUSTED} if the host's file system is full; nothing is left then
     */
    Draft draft(Path disk);

    /** A copy that is not kept yet: nobody finds it, and after a power cut it is gone. Not safe for use by several threads. */
    interface Draft extends AutoCloseable {

        /** What it will be called; nothing else ever is. */
        LayerName.Frozen name();

        /**
         * Keeps it: flushed, found by {@link #find}, there after a power cut.
         *
         * @throws ImageException as {@link #draft}
         */
        LayerName.Frozen keep();

        /** Removes it unless it was kept. */
        @Override
        void close();
    }

    /** Copies a disk as {@link #draft} does, and keeps it. */
    default LayerName.Frozen copy(Path disk) {
        try (var draft = draft(disk)) {
            return draft.keep();
        }
    }

    /** Keeps a disk that its owner will not write to again: it is moved here, without being copied. */
    LayerName.Frozen take(Path disk);

    /** Writes a copy of a kept disk to {@code target}, for one sandbox to write to. */
    void thaw(LayerName.Frozen name, Path target);

    /** Bytes that it takes by itself, as far as the file system tells. */
    long bytes(LayerName.Frozen name);

    /**
     * Removes every disk that is not among {@code kept}, and what was half-written by a process that no longer runs. Drafts of
     * this process are left alone. Returns what was removed.
     */
    Set<LayerName.Frozen> retain(Set<LayerName.Frozen> kept);
}
