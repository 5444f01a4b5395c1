package dev.caisson.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.caisson.base.Category;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Attaching image files to loop devices (loop(4)). Safe for use by many threads and beside other programs that do so. */
public final class LoopDevices {
    private static final long LOOP_CTL_GET_FREE = 0x4C82;
    /** Linux 5.8 and later: attaches and configures in one step, so no half-configured device is ever seen. */
    private static final long LOOP_CONFIGURE = 0x4C0A;
    private static final int LO_FLAGS_READ_ONLY = 1;
    private static final int LO_FLAGS_AUTOCLEAR = 4;

    /** {@code struct loop_config} of linux/loop.h: fd, block size, {@code struct loop_info64} (232 bytes), 64 reserved bytes. */
    private static final int CONFIG_BYTES = 304;
    private static final int CONFIG_DESCRIPTOR = 0;
    /** Within {@code loop_info64} the flags follow five 64-bit and three 32-bit fields. */
    private static final int CONFIG_FLAGS = 8 + 5 * 8 + 3 * 4;

    /** Another program may take the free device between asking for it and using it. */
    private static final int RACES = 100;

    private LoopDevices() {}

    /** How an image is used. */
    public enum Access {
        READ_ONLY,
        READ_WRITE
    }

    /**
     * An attached device. It detaches by itself once it is neither open nor mounted: mount it, then close this.
     * Not safe for use by several threads.
     */
    public static final class Loop implements AutoCloseable {
        private final Path device;
        private int descriptor;

        private Loop(Path device, int descriptor) {
            this.device = device;
            this.descriptor = descriptor;
        }

        public Path device() {
            return device;
        }

        /** Closes this handle on the device. Idempotent. */
        @Override
        public void close() {
            if (descriptor >= 0) {
                Libc.close(descriptor);
                descriptor = -1;
            }
        }
    }

    /**
     * Attaches {@code image} to a free device.
     *
     * @throws LinuxException {@code NOT_FOUND} if there is no such file, {@code UNSUPPORTED} if the kernel has no loop devices
     */
    public static Loop attach(Path image, Access access) {
        int flags = access == Access.READ_ONLY ? Libc.O_RDONLY : Libc.O_RDWR;
        int file = Errno.check(Libc.open(image.toString(), flags, 0), "open the image " + image);
        try {
            for (int race = 0; race < RACES; race++) {
                var device = Path.of("/dev/loop" + freeNumber());
                int descriptor = Errno.check(Libc.open(device.toString(), flags, 0), "open the loop device " + device);
                int result = configure(descriptor, file, access);
                if (result == 0) {
                    return new Loop(device, descriptor);
                }
                Libc.close(descriptor);
                if (result != -Errno.EBUSY) {
                    throw Errno.failure("attach " + image + " to " + device, result);
                }
            }
            throw new LinuxException(Category.UNAVAILABLE, "could not attach " + image
                    + " to a loop device: each of " + RACES + " free ones was taken by another program first");
        } finally {
            Libc.close(file);
        }
    }

    /** The files at or below {@code folder} that are attached to loop devices of this machine. */
    public static List<Path> attachedBelow(Path folder) {
        var found = new ArrayList<Path>();
        try (var devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (var device : devices) {
                var file = device.resolve("loop/backing_file");
                if (Files.exists(file)) {
                    found.add(Path.of(Files.readString(file).strip().replaceFirst(" \\(deleted\\)$", "")));
                }
            }
        } catch (IOException e) {
            // A device went away while it was looked at; the rest is told by the next call.
            return found.stream().filter(path -> path.startsWith(folder)).toList();
        }
        return found.stream().filter(path -> path.startsWith(folder)).toList();
    }

    /**
     * The file that is attached to a device.
     *
     * @param device {@code /dev/loop3}
     * @return empty if nothing is attached, or the file has been deleted
     */
    public static Optional<Path> image(Path device) {
        return attached(device).map(Path::of).filter(Files::exists);
    }

    /** Waits until a device has let go of {@code image}, or of what it has if that was deleted. Whether it did. */
    static boolean awaitDetached(Path device, Optional<Path> image, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = 200_000;
        while (attached(device).filter(file -> image.isEmpty() || Path.of(file).equals(image.get())).isPresent()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, 20_000_000);
        }
        return true;
    }

    private static Optional<String> attached(Path device) {
        try {
            return Optional.of(Files.readString(Path.of("/sys/block", String.valueOf(device.getFileName()), "loop/backing_file")).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static int freeNumber() {
        int control = Errno.check(Libc.open("/dev/loop-control", Libc.O_RDWR, 0), "open /dev/loop-control (the kernel module 'loop')");
        try {
            return Errno.check(Libc.ioctl(control, LOOP_CTL_GET_FREE, 0), "find a free loop device");
        } finally {
            Libc.close(control);
        }
    }

    private static int configure(int device, int file, Access access) {
        try (var arena = Arena.ofConfined()) {
            var config = arena.allocate(CONFIG_BYTES, 8);
            config.set(JAVA_INT, CONFIG_DESCRIPTOR, file);
            config.set(JAVA_INT, CONFIG_FLAGS, LO_FLAGS_AUTOCLEAR | (access == Access.READ_ONLY ? LO_FLAGS_READ_ONLY : 0));
            return Libc.ioctl(device, LOOP_CONFIGURE, config);
        }
    }
}
