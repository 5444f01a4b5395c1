package dev.caisson.engine.gvisor;

import dev.caisson.engine.SandboxSpec;
import dev.caisson.linux.LinuxException;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the host mounts for one sandbox: its folder, its disk, and the overlay that the guest has as root. */
final class RootMounts {
    /** The sandbox's spec, a pid, mount points and at most this much output of the guest's first process. */
    private static final long FOLDER_BYTES = 1 << 20;

    /** For the last look at a disk by a process that has just ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(RootMounts.class);

    private final Places places;
    private final SharedLayers layers;

    RootMounts(Places places, SharedLayers layers) {
        this.places = places;
        this.layers = layers;
    }

    void mount(SandboxSpec spec) throws IOException {
        var folder = places.sandbox(spec.id());
        Mounts.tmpfs(folder, FOLDER_BYTES);
        var root = Files.createDirectory(places.root(spec.id()));
        var disk = Files.createDirectory(places.disk(spec.id()));
        Mounts.ext4(spec.disk(), disk);
        var upper = directory(disk.resolve("upper"));
        var work = directory(disk.resolve("work"));
        layers.use(spec.layers(), mounted -> Mounts.overlay(mounted, upper, work, root));
    }

    /**
     * Unmounts whatever of it is mounted, and removes the folder. Idempotent. What the disk has not written yet is lost:
     * writing a gigabyte that nobody wants takes the host's disk ten seconds, and unmounting the overlay would wait for it.
     */
    void unmount(String id) throws IOException {
        abandonDisk(places.disk(id));
        for (var point : List.of(places.root(id), places.disk(id), places.sandbox(id))) {
            while (Mounts.isMountPoint(point)) {
                release(point);
            }
        }
        Files.deleteIfExists(places.sandbox(id));
        layers.trim();
    }

    /**
     * Unmounts whatever of it is mounted, with everything written to the disk's image and that on the host's disk, and removes the
     * folder. Idempotent.
     *
     * @throws LinuxException {@code CONFLICT} while another program of this machine uses the disk
     */
    void unmountWritten(String id) throws IOException {
        while (Mounts.isMountPoint(places.root(id))) {
            Mounts.unmountAway(places.root(id));
        }
        while (Mounts.isMountPoint(places.disk(id))) {
            Mounts.unmountImage(places.disk(id), PATIENCE);
        }
        unmount(id);
    }

    private static void abandonDisk(Path disk) {
        if (Mounts.isMountPoint(disk)) {
            try {
                Mounts.abandon(disk);
            } catch (LinuxException e) {
                // Another thread was quicker, or the kernel is older than this call: then unmounting takes its time.
                LOG.debug("the disk is unmounted as it is", e);
            }
        }
    }

    private static void release(Path point) {
        try {
            Mounts.unmount(point);
        } catch (LinuxException e) {
            // Some other program of this machine looks at it; out of sight it is gone as soon as that one is done.
            Mounts.detach(point);
        }
    }

    /** The guest's root folder has the mode of the overlay's upper one, whatever the server's umask. */
    private static Path directory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return path;
    }
}
