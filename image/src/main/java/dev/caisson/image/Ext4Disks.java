package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.base.CleanupStack;
import dev.caisson.linux.Command;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Formats one image per size, {@code <folder>/<bytes>.ext4}, and copies it. The images hold two empty folders, {@code upper}
 * and {@code work}, which an overlay needs on one file system.
 */
public final class Ext4Disks implements WritableDisks {
    private static final Duration FORMAT_DEADLINE = Duration.ofMinutes(1);
    /** One inode per so many bytes: a million for 10 GiB, enough for package trees of small files. */
    private static final String BYTES_PER_INODE = "10240";

    private final Path folder;
    private final Map<Long, Path> formatted = new ConcurrentHashMap<>();

    /** @param folder made if it is missing; nothing else writes to it */
    public Ext4Disks(Path folder) {
        this.folder = folder;
    }

    @Override
    public void create(Path target, long bytes) {
        try (var undo = new CleanupStack()) {
            undo.push("remove the half-made disk", () -> Files.deleteIfExists(target));
            FileCopies.copy(formatted.computeIfAbsent(bytes, this::format), target);
            undo.keep();
        } catch (LinuxException e) {
            throw new ImageException(e.category(), "could not make a disk of " + bytes + " bytes: " + e.getMessage(), e);
        }
    }

    /** No journal: after a power cut the sandbox is gone anyway, and a memory snapshot has the state that matters. */
    private Path format(long bytes) {
        var image = folder.resolve(bytes + ".ext4");
        if (Files.exists(image)) {
            return image;
        }
        try (var aside = new CleanupStack()) {
            Files.createDirectories(folder);
            var tree = Files.createTempDirectory(folder, "tree");
            aside.push("remove the folder tree", () -> Files.deleteIfExists(tree));
            for (var name : new String[] {"upper", "work"}) {
                var inner = Files.createDirectory(
                        tree.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
                aside.push("remove the folder " + name, () -> Files.deleteIfExists(inner));
            }
            var unfinished = folder.resolve(bytes + ".new");
            aside.push("remove the half-made image", () -> Files.deleteIfExists(unfinished));
            try (var file = new java.io.RandomAccessFile(unfinished.toFile(), "rw")) {
                file.setLength(bytes);
            }
            Command.ofSystem(
                            "mkfs.ext4", "-q", "-F", "-O", "^has_journal,^resize_inode", "-m", "0", "-i", BYTES_PER_INODE, "-E",
                            "lazy_itable_init=1,root_owner=0:0", "-d", tree.toString(), unfinished.toString())
                    .withDeadline(FORMAT_DEADLINE)
                    .run();
            Files.move(unfinished, image, StandardCopyOption.ATOMIC_MOVE);
            return image;
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not format a disk of " + bytes + " bytes: " + e.getMessage(), e);
        }
    }
}
