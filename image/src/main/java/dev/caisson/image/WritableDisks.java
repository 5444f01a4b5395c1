package dev.caisson.image;

import java.nio.file.Path;

/**
 * Makes the private ext4 images that sandboxes write to. Sparse: an empty one takes about 200 KB. Formatted once per size
 * and copied (by reflink where the file system can). Safe for use by many threads.
 */
public interface WritableDisks {

    /**
     * Writes a fresh disk to {@code target}.
     *
     * @throws ImageException {@code EXHAUSTED} if the host's file system is full; nothing is left then
     */
    void create(Path target, long bytes);
}
