package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Making and removing the folders that this module works in. */
final class Folders {
    private static final Logger log = LoggerFactory.getLogger(Folders.class);

    private Folders() {}

    /** Makes the folder and its parents where they are missing; new ones are for their owner only. */
    static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Removes a file that may be gone already; a failure is logged, because the caller has a better one to report. */
    static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("could not remove {}: {}", file, e.toString());
        }
    }

    /** Removes a folder with all that is in it, unless something is mounted below: that would be removed too. */
    static void deleteTree(Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var mounts = Mounts.below(folder);
        if (!mounts.isEmpty()) {
            throw new ImageException(Category.CONFLICT,
                    "could not remove " + folder + ": something is mounted on " + mounts.getFirst().point() + "; unmount it first");
        }
        Command.ofSystem("rm", "-rf", "--one-file-system", folder.toString()).withDeadline(Duration.ofMinutes(5)).run();
    }
}
