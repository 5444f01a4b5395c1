package dev.caisson.host.snapshot;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much more may be saved; what is being saved counts from its beginning. Safe for use by many threads. */
final class Room {
    private final Path folder;
    private final SnapshotLimits limits;
    private long reserved;

    /** @param folder where it is saved */
    Room(Path folder, SnapshotLimits limits) {
        this.folder = folder;
        this.limits = limits;
    }

    /**
     * Sets room aside.
     *
     * @param kept bytes of all that was saved so far
     * @throws NodeException {@code EXHAUSTED} if there is none
     */
    synchronized void reserve(long bytes, long kept) {
        try {
            var disk = Files.getFileStore(folder);
            var most = (long) (disk.getTotalSpace() * limits.mostOfDisk());
            var taken = kept + reserved;
            if (taken + bytes > most) {
                throw full(bytes, "saved ones take " + mebibytes(taken) + " of the " + mebibytes(most) + " that they may; delete some of them");
            }
            var usable = disk.getUsableSpace() - reserved;
            if (usable - bytes < limits.leastDiskBytes()) {
                throw full(bytes, "the disk has " + mebibytes(usable) + " left, of which " + mebibytes(limits.leastDiskBytes())
                        + " are for what runs; delete what is not needed, or give it more room");
            }
            reserved += bytes;
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not see how full the disk of " + folder + " is: " + e.getMessage(), e);
        }
    }

    synchronized void release(long bytes) {
        reserved -= bytes;
    }

    private static NodeException full(long bytes, String why) {
        return new NodeException(Category.EXHAUSTED, "saving this sandbox takes about " + mebibytes(bytes) + "; " + why);
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
