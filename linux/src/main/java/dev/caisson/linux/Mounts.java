package dev.caisson.linux;

import dev.caisson.base.Category;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Mounting and unmounting by mount(2), and the list of what is mounted in this process's namespace.
 *
 * <p>Mount points exist before; every failure is a {@link LinuxException} that names both ends. Safe for use by many
 * threads; calls from virtual threads run on a platform thread, because unmounting a disk with much unwritten data takes
 * as long as writing it.
 */
public final class Mounts {
    private static final long MS_RDONLY = 1;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_REMOUNT = 32;
    private static final long MS_NOATIME = 1024;
    private static final long MS_BIND = 4096;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;

    /** {@code _IOR('X', 125, __u32)}, fs/ext4/ext4.h. */
    private static final long EXT4_IOC_SHUTDOWN = 0x8004587DL;
    /** Devices of the kernel's list admin-guide/devices.txt. */
    private static final long LOOP_MAJOR = 7;
    private static final int EXT4_GOING_FLAGS_NOLOGFLUSH = 2;

    private static final int RACES = 20;

    private Mounts() {}

    /**
     * One line of {@code /proc/self/mountinfo}.
     *
     * @param point where
     * @param type the file system's name: {@code overlay}
     * @param source what, e.g. {@code /dev/loop3}
     * @param options the file system's own options
     */
    public record Mount(Path point, String type, String source, String options) {

        /** What an overlay stands on, topmost first; nothing for other file systems. */
        public List<Path> lowerFolders() {
            return Arrays.stream(options.split(",")).filter(option -> option.startsWith("lowerdir="))
                    .flatMap(option -> Arrays.stream(option.substring("lowerdir=".length()).split(":"))).map(Path::of).toList();
        }
    }

    /** Mounts an EROFS image read-only through a loop device, which goes away with the mount. Made by Caisson's own tools only. */
    public static void erofs(Path image, Path target) {
        throughLoop(image, target, "erofs", LoopDevices.Access.READ_ONLY, MS_RDONLY | MS_NOSUID | MS_NODEV, "");
    }

    /**
     * Mounts an ext4 image for writing through a loop device, which goes away with the mount. Made by Caisson's own tools only.
     *
     * <p>Flushing a file inside (fsync(2)) writes to the host's page cache and not to the host's disk: 25 times faster, and a
     * running sandbox does not survive a power cut anyway. To keep an image, unmount it and {@link FileCopies#sync} it.
     */
    public static void ext4(Path image, Path target) {
        throughLoop(image, target, "ext4", LoopDevices.Access.READ_WRITE, MS_NOSUID | MS_NODEV | MS_NOATIME, "barrier=0");
    }

    /** Mounts an ext4 image read-only, also one that was copied from under its writer. Made by Caisson's own tools only. */
    public static void ext4ReadOnly(Path image, Path target) {
        throughLoop(image, target, "ext4", LoopDevices.Access.READ_ONLY, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOATIME, "");
    }

    /**
     * Mounts an ext4 image that nobody writes to any more read-only, through a loop device which goes away with the mount. It may
     * be a copy of one that was mounted (after {@link #flush}). Made by Caisson's own tools only.
     */
    public static void frozenExt4(Path image, Path target) {
        throughLoop(image, target, "ext4", LoopDevices.Access.READ_ONLY, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOATIME, "noload");
    }

    /**
     * Mounts an overlay. Renaming a folder of a lower layer works ({@code redirect_dir}), inode numbers are stable across
     * copy-up ({@code xino}), and neither set-uid bits nor device nodes count on the host.
     *
     * @param lower read-only folders, topmost first
     * @param upper where changes go
     * @param work an empty folder on the same file system as {@code upper}
     */
    public static void overlay(List<Path> lower, Path upper, Path work, Path target) {
        var data = "lowerdir=" + lower.stream().map(Mounts::option).collect(Collectors.joining(":"))
                + ",upperdir=" + option(upper) + ",workdir=" + option(work)
                + ",redirect_dir=on,index=off,metacopy=off,xino=on";
        mount("overlay", target, "overlay", MS_NOSUID | MS_NODEV, data);
    }

    /**
     * Mounts an overlay that nobody writes to. Folders that were renamed in one of the layers are found ({@code redirect_dir}).
     *
     * @param lower at least two read-only folders, topmost first
     */
    public static void overlayReadOnly(List<Path> lower, Path target) {
        var data = "lowerdir=" + lower.stream().map(Mounts::option).collect(Collectors.joining(":"))
                + ",redirect_dir=follow,index=off,metacopy=off,xino=on";
        mount("overlay", target, "overlay", MS_RDONLY | MS_NOSUID | MS_NODEV, data);
    }

    /** Mounts an empty file system in memory of at most {@code bytes}, open to its owner only. */
    public static void tmpfs(Path target, long bytes) {
        mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700,size=" + bytes);
    }

    /** Shows {@code source} at {@code target} too. */
    public static void bind(Path source, Path target, boolean readOnly) {
        mount(source.toString(), target, "none", MS_BIND, "");
        if (readOnly) {
            try {
                mount("none", target, "none", MS_BIND | MS_REMOUNT | MS_RDONLY, "");
            } catch (LinuxException e) {
                detach(target);
                throw e;
            }
        }
    }

    /**
     * Unmounts what is mounted at {@code target}.
     *
     * @return false if nothing was
     * @throws LinuxException {@code CONFLICT} while something uses it
     */
    public static boolean unmount(Path target) {
        return unmount(target, UMOUNT_NOFOLLOW);
    }

    /**
     * Unmounts a disk image and removes its mount point, and returns when everything is in the image's file, the file is on the
     * host's disk, and no file system of this machine has it open any more.
     *
     * <p>A process that once copied this process's mount namespace keeps copies of all its mounts, also of those it can no longer
     * see, and with them the file systems; removing the folder takes them away from it.
     *
     * @param patience how long it may take until the last user is gone
     * @return false if nothing was mounted at {@code point}
     * @throws LinuxException {@code CONFLICT} while something uses it
     */
    public static boolean unmountImage(Path point, Duration patience) {
        var device = loopAt(point);
        var image = imageAt(point);
        boolean unmounted = unmountAway(point);
        if (device.isPresent() && !LoopDevices.awaitDetached(device.get(), image, patience)) {
            throw new LinuxException(Category.CONFLICT, "the image that was mounted at " + point + " is still used by somebody");
        }
        image.ifPresent(FileCopies::sync);
        return unmounted;
    }

    /** Unmounts what is mounted at {@code point} and removes that folder, which takes it from other mount namespaces too. */
    public static boolean unmountAway(Path point) {
        boolean unmounted = unmount(point);
        try {
            if (!isMountPoint(point)) {
                Files.deleteIfExists(point);
            }
        } catch (IOException e) {
            throw new LinuxException(Category.INTERNAL, "could not remove the mount point " + point + ": " + e.getMessage(), e);
        }
        return unmounted;
    }

    /** Takes what is mounted at {@code target} out of sight at once; it goes away with its last user. False if nothing was. */
    public static boolean detach(Path target) {
        return unmount(target, UMOUNT_NOFOLLOW | MNT_DETACH);
    }

    /**
     * Makes the disk image mounted at {@code point} forget what it has not written yet, and take nothing more, so that
     * unmounting it takes no time. For disks that are thrown away.
     *
     * @throws LinuxException {@code INVALID} if that is no loop-mounted image, {@code UNSUPPORTED} if it is no ext4
     */
    public static void abandon(Path point) {
        Libc.blocking(() -> {
            int descriptor = Errno.check(Libc.open(point.toString(), Libc.O_RDONLY, 0), "open " + point);
            try (var arena = Arena.ofConfined()) {
                refuseUnlessImage(descriptor, point);
                return Errno.check(Libc.ioctl(descriptor, EXT4_IOC_SHUTDOWN, arena.allocateFrom(ValueLayout.JAVA_INT, EXT4_GOING_FLAGS_NOLOGFLUSH)),
                        "abandon what is mounted at " + point);
            } finally {
                Libc.close(descriptor);
            }
        });
    }

    /** The image that is mounted through a loop device at {@code point}; empty if none is, or its file was deleted. */
    public static Optional<Path> imageAt(Path point) {
        return loopAt(point).flatMap(LoopDevices::image);
    }

    private static Optional<Path> loopAt(Path point) {
        try {
            long device = isMountPoint(point) ? ((Number) device(point)).longValue() : 0;
            return isLoop(device) ? Optional.of(Path.of("/dev/loop" + minor(device))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the disk image mounted at {@code point} out: what was written to it is in the image's file and that file is on the
     * host's disk when this returns. What is written meanwhile may be missing.
     *
     * @throws LinuxException {@code INVALID} if no disk image is mounted there
     */
    public static void flush(Path point) {
        FileCopies.sync(write(point));
    }

    /** The first half of {@link #flush}: what was written is in the image's file, which is returned. */
    public static Path write(Path point) {
        var image = imageAt(point).orElseThrow(
                () -> new LinuxException(Category.INVALID, "no disk image is mounted at " + point + ", so none is written out"));
        return Libc.blocking(() -> {
            int descriptor = Errno.check(Libc.open(point.toString(), Libc.O_RDONLY, 0), "open " + point);
            try {
                Errno.check(Libc.syncFileSystem(descriptor), "write out what is mounted at " + point);
                return image;
            } finally {
                Libc.close(descriptor);
            }
        });
    }

    /** Where nothing is mounted any more, the open folder is the host's own file system, which must not be shut down. */
    private static void refuseUnlessImage(int descriptor, Path point) throws IOException {
        long device = ((Number) Files.getAttribute(Path.of("/proc/self/fd", Integer.toString(descriptor)), "unix:dev")).longValue();
        if (!isLoop(device) || device == ((Number) device(Path.of("/"))).longValue()) {
            throw new LinuxException(Category.INVALID, "no disk image is mounted at " + point + ", so none is abandoned");
        }
    }

    /** A device number as the kernel packs it: 12 bits of major from bit 8, 20 bits of minor around them. */
    private static boolean isLoop(long device) {
        return (device >> 8 & 0xfff) == LOOP_MAJOR;
    }

    private static long minor(long device) {
        return device & 0xff | device >> 12 & 0xfff00;
    }

    /** Whether something is mounted at {@code path}, told by its device; cheaper than the list. False if it does not exist. */
    public static boolean isMountPoint(Path path) {
        try {
            var folder = path.toAbsolutePath().getParent();
            return folder == null || !device(path).equals(device(folder));
        } catch (IOException e) {
            return false;
        }
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS);
    }

    /** What is mounted at or below {@code folder}, in the order it was mounted. */
    public static List<Mount> below(Path folder) {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            return lines.map(Mounts::parse).flatMap(Optional::stream).filter(mount -> mount.point().startsWith(folder)).toList();
        } catch (IOException e) {
            throw new LinuxException(Category.INTERNAL, "could not read the list of mounts: " + e.getMessage(), e);
        }
    }

    private static void throughLoop(Path image, Path target, String type, LoopDevices.Access access, long flags, String data) {
        Libc.blocking(() -> {
            int result = -Errno.EBUSY;
            for (int race = 0; race < RACES && result == -Errno.EBUSY; race++) {
                // The device detaches itself when its last user leaves: the mount keeps it once this descriptor is closed.
                try (var loop = LoopDevices.attach(image, access)) {
                    result = Libc.mount(loop.device().toString(), target.toString(), type, flags, data);
                }
            }
            return Errno.check(result, "mount the " + type + " image " + image + " at " + target);
        });
    }

    private static void mount(String source, Path target, String type, long flags, String data) {
        Libc.blocking(() -> Errno.check(Libc.mount(source, target.toString(), type, flags, data),
                "mount " + source + " (" + type + ") at " + target));
    }

    private static boolean unmount(Path target, int flags) {
        return Libc.blocking(() -> {
            int result = Libc.umount(target.toString(), flags);
            if (result == -Errno.EINVAL || result == -Errno.ENOENT) {
                return false;
            }
            Errno.check(result, "unmount " + target);
            return true;
        });
    }

    /** The kernel splits its option string at commas and the list of lower folders at colons. */
    private static String option(Path folder) {
        var text = folder.toString();
        if (text.indexOf(',') >= 0 || text.indexOf(':') >= 0 || text.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("an overlay's folders cannot have ',', ':' or '\\' in their path: " + text);
        }
        return text;
    }

    /** Fields: id, parent, device, root, point, options, any number of optional ones, a hyphen, type, source, options (proc(5)). */
    private static Optional<Mount> parse(String line) {
        var fields = List.of(line.split(" "));
        int hyphen = fields.indexOf("-");
        if (hyphen < 6 || hyphen + 3 >= fields.size()) {
            return Optional.empty();
        }
        return Optional.of(new Mount(Path.of(unescaped(fields.get(4))), fields.get(hyphen + 1), unescaped(fields.get(hyphen + 2)),
                unescaped(fields.get(hyphen + 3))));
    }

    /** Spaces, tabs, newlines and backslashes stand as three octal digits; bytes are UTF-8. */
    private static String unescaped(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
