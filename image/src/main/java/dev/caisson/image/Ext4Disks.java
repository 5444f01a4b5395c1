package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Disks as copies of one formatted image per size, kept in a folder. A disk holds two empty folders, {@code upper} and
 * {@code work}, for the overlay that a sandbox's root is.
 *
 * <p>No journal: after a power cut the sandboxes are gone anyway. Inode tables count as zeroed from the start, because the
 * file is one large hole; so mounting sets no background writing off.
 */
public final class Ext4Disks implements WritableDisks {
    /** Part of the images' names; counted up when the way they are formatted changes. */
    private static final int FORMAT = 1;
    private static final long SMALLEST = 16L << 20;
    /** One inode for this many bytes, ext4's own default: 655,360 on 10 GiB. */
    private static final long BYTES_PER_INODE = 16 << 10;
    /** Small disks get more, up to this many. */
    private static final long PLENTY_OF_INODES = 65_536;

    private final Path folder;
    private final ConcurrentHashMap<Long, Path> formatted = new ConcurrentHashMap<>();

    /** Keeps the formatted images in {@code folder}, on the file system where the disks will be if copies are to be instant. */
    public Ext4Disks(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    @Override
    public void create(Path target, long bytes) {
        if (bytes < SMALLEST) {
            throw new ImageException(Category.INVALID, "a disk has at least 16 MiB, not " + bytes + " bytes");
        }
        try {
            var image = formatted.computeIfAbsent(bytes, this::formattedImage);
            if (!Files.exists(image)) {
                formatted.remove(bytes, image);
                image = formatted.computeIfAbsent(bytes, this::formattedImage);
            }
            FileCopies.copy(image, target);
        } catch (LinuxException e) {
            throw new ImageException(e.category(), "could not make a disk of " + bytes + " bytes: " + e.getMessage(), e);
        }
    }

    private Path formattedImage(long bytes) {
        var name = "ext4-" + FORMAT + "-" + bytes + ".img";
        var image = folder.resolve(name);
        if (Files.isRegularFile(image)) {
            return image;
        }
        var aside = AtomicFile.aside(folder);
        try {
            Folders.create(folder);
            format(aside, bytes);
            AtomicFile.settle(folder, aside, name);
            return image;
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not format a disk of " + bytes + " bytes: " + e.getMessage(), e);
        } finally {
            Folders.deleteQuietly(aside);
        }
    }

    private static void format(Path image, long bytes) throws IOException {
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        var content = Files.createTempDirectory("disk");
        try {
            for (var name : List.of("upper", "work")) {
                // Whatever this process's umask is: the upper folder's mode becomes that of the guest's root.
                Files.setPosixFilePermissions(Files.createDirectory(content.resolve(name)), PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Command.ofSystem("mkfs.ext4", arguments(image, bytes, content).toArray(String[]::new))
                    .withDeadline(Duration.ofMinutes(1))
                    .run();
        } finally {
            Folders.deleteTree(content);
        }
    }

    private static List<String> arguments(Path image, long bytes, Path content) {
        long inodes = Math.max(bytes / BYTES_PER_INODE, Math.min(PLENTY_OF_INODES, bytes / 4096));
        // Without resize_inode no 4 MiB of reserved blocks are written; a disk never grows in place.
        return List.of(
                "-q", "-F", "-O", "^has_journal,^resize_inode", "-m", "0", "-N", Long.toString(inodes),
                "-E", "lazy_itable_init=1,root_owner=0:0", "-d", content.toString(), image.toString());
    }
}
