package dev.caisson.host.history;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Whether there is room on the disk to remember anything; asked of the disk once a second at most. Safe for use by many threads. */
final class Room {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final File folder;
    private final long least;
    private long asked;
    private boolean enough;

    /** @param folder exists */
    Room(Path folder, long least) {
        this.folder = folder.toFile();
        this.least = least;
        this.asked = System.nanoTime() - 2 * FRESH_NANOS;
    }

    synchronized boolean enough() {
        if (System.nanoTime() - asked > FRESH_NANOS) {
            asked = System.nanoTime();
            enough = folder.getUsableSpace() >= least;
        }
        return enough;
    }
}
