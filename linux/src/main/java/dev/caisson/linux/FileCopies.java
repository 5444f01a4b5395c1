package dev.caisson.linux;

import dev.caisson.base.Category;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Copies of large, mostly empty files, and the flushing that makes files survive a power cut. Safe for use by many threads. */
public final class FileCopies {
    /** ioctl_ficlone(2). */
    private static final long FICLONE = 0x40049409;
    /** One call's share, so that an interrupted copy ends soon. */
    private static final long CHUNK = 64L << 20;

    private static final long BUFFER = 1L << 20;

    private FileCopies() {}

    /**
     * Copies a file to a new one: by sharing its blocks where the file system can (constant time), else block by block with
     * its holes kept. The content is not flushed; see {@link #sync}. The new file is readable by its owner only.
     *
     * @throws LinuxException {@code CONFLICT} if {@code target} exists, {@code EXHAUSTED} if the file system is full; nothing
     *     is left then
     */
    public static void copy(Path source, Path target) {
        Libc.blocking(() -> {
            int from = Errno.check(Libc.open(source.toString(), Libc.O_RDONLY, 0), "open " + source);
            try {
                int to = Errno.check(Libc.open(target.toString(), Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL, 0600), "create " + target);
                fill(from, to, source, target);
            } finally {
                Libc.close(from);
            }
            return target;
        });
    }

    /** Writes what the kernel still holds of a file or folder to the disk. A new file also needs its folder flushed. */
    public static void sync(Path fileOrFolder) {
        try (var channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new LinuxException(Category.INTERNAL, "could not flush " + fileOrFolder + " to disk: " + e.getMessage(), e);
        }
    }

    /** Bytes of a file that are not holes, by whoever else they are shared. */
    public static long dataBytes(Path source) {
        return Libc.blocking(() -> {
            int file = Errno.check(Libc.open(source.toString(), Libc.O_RDONLY, 0), "open " + source);
            try {
                long bytes = 0;
                long data = Libc.seek(file, 0, Libc.SEEK_DATA);
                while (data >= 0) {
                    long hole = Errno.check(Libc.seek(file, data, Libc.SEEK_HOLE), "find the holes of " + source);
                    bytes += hole - data;
                    data = Libc.seek(file, hole, Libc.SEEK_DATA);
                }
                if (data != -Errno.ENXIO) {
                    throw Errno.failure("find the data of " + source, data);
                }
                return bytes;
            } finally {
                Libc.close(file);
            }
        });
    }

    private static void fill(int from, int to, Path source, Path target) throws IOException {
        boolean complete = false;
        try {
            if (Libc.ioctl(to, FICLONE, from) < 0) {
                copyData(from, to, source, target);
            }
            complete = true;
        } finally {
            Libc.close(to);
            if (!complete) {
                Files.deleteIfExists(target);
            }
        }
    }

    private static void copyData(int from, int to, Path source, Path target) {
        long size = Errno.check(Libc.seek(from, 0, Libc.SEEK_END), "find the size of " + source);
        Errno.check(Libc.truncate(to, size), "set the size of " + target);
        long data = Libc.seek(from, 0, Libc.SEEK_DATA);
        while (data >= 0) {
            long hole = Errno.check(Libc.seek(from, data, Libc.SEEK_HOLE), "find the holes of " + source);
            Errno.check(Libc.seek(from, data, Libc.SEEK_SET), "read " + source);
            Errno.check(Libc.seek(to, data, Libc.SEEK_SET), "write " + target);
            copyRange(from, to, hole - data, "copy " + source + " to " + target);
            data = Libc.seek(from, hole, Libc.SEEK_DATA);
        }
        if (data != -Errno.ENXIO) {
            throw Errno.failure("find the data of " + source, data);
        }
    }

    private static void copyRange(int from, int to, long bytes, String attempt) {
        long left = bytes;
        while (left > 0) {
            long copied = Libc.copyFileRange(from, to, Math.min(left, CHUNK));
            if (copied == -Errno.EXDEV || copied == -Errno.EINVAL || copied == -Errno.EOPNOTSUPP) {
                // Two file systems, or one that cannot do it in the kernel.
                copyThrough(from, to, left, attempt);
                return;
            }
            left = Errno.check(copied, attempt) == 0 ? 0 : left - copied;
        }
    }

    private static void copyThrough(int from, int to, long bytes, String attempt) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(BUFFER);
            long left = bytes;
            while (left > 0) {
                long read = Errno.check(Libc.read(from, buffer.asSlice(0, Math.min(left, BUFFER))), attempt);
                if (read == 0) {
                    return;
                }
                for (long written = 0; written < read; ) {
                    written += Errno.check(Libc.write(to, buffer.asSlice(written, read - written)), attempt);
                }
                left -= read;
            }
        }
    }
}
