package dev.caisson.image;

import dev.caisson.linux.FileCopies;
import dev.caisson.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A file being written aside, in the folder where it will stand under its own name once it is whole.
 *
 * <p>Its provisional name tells which process writes it, so that what a dead one left can be told from work in progress.
 */
final class AtomicFile {
    private static final String MARK = ".partial-";

    private AtomicFile() {}

    /** A name in {@code folder} that nothing else uses and that {@link #isAbandoned} can judge. */
    static Path aside(Path folder) {
        var self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
        return folder.resolve(MARK + self.pid() + "-" + self.startTime() + "-" + UUID.randomUUID());
    }

    /** Whether the file was written aside by a process that no longer runs. */
    static boolean isAbandoned(Path file) {
        var name = file.getFileName().toString();
        if (!name.startsWith(MARK)) {
            return false;
        }
        var parts = name.substring(MARK.length()).split("-", 3);
        try {
            return !new ProcessIdentity(Long.parseLong(parts[0]), Long.parseLong(parts[1])).isAlive();
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            return true;
        }
    }

    /** Flushes the file written aside in {@code folder}, gives it its name (replacing what had it), and flushes the folder. */
    static void settle(Path folder, Path aside, String name) throws IOException {
        var target = folder.resolve(name);
        FileCopies.sync(aside);
        try {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(aside + " and " + target + " lie on different file systems", e);
        }
        FileCopies.sync(folder);
    }
}
