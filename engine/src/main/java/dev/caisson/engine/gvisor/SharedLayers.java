package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.linux.LinuxException;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Layer images mounted once each, however many sandboxes use them, so that these share one page cache.
 *
 * <p>Nothing is counted: the kernel's list of overlays says which layers are in use. A layer that no sandbox uses stays
 * mounted for the next one, up to {@link #IDLE}. Taking away one that is in use would harm nobody (an overlay keeps what it
 * stands on), only sharing would be lost. Safe for use by many threads.
 */
final class SharedLayers {
    private static final int IDLE = 8;

    private final Places places;
    private final ReentrantLock lock = new ReentrantLock();
    /** Mount point to image, least recently used first. */
    private final Map<Path, Path> recent = new LinkedHashMap<>();

    SharedLayers(Places places) {
        this.places = places;
    }

    /** What is done with the mounted layers before any of them may be taken away again. */
    interface Use {
        void with(List<Path> mounted) throws IOException;
    }

    void use(List<Path> images, Use use) throws IOException {
        lock.lock();
        try {
            var mounted = new ArrayList<Path>();
            for (var image : images) {
                mounted.add(mount(image));
            }
            use.with(mounted);
        } finally {
            lock.unlock();
        }
    }

    /** Unmounts layers that no sandbox uses: all but the most recent ones, and those whose image was deleted. */
    void trim() {
        trim(IDLE);
    }

    /** Unmounts every layer that no sandbox uses, and removes mount points that an earlier boot left. */
    void trimAll() throws IOException {
        trim(0);
        if (!Files.isDirectory(places.layers())) {
            return;
        }
        try (var points = Files.newDirectoryStream(places.layers(), point -> !Mounts.isMountPoint(point))) {
            for (var point : points) {
                Files.deleteIfExists(point);
            }
        }
    }

    private void trim(int kept) {
        lock.lock();
        try {
            var idle = idle();
            var excess = idle.size() - kept;
            for (var layer : idle) {
                if (excess > 0 || !Files.exists(recent.getOrDefault(layer, layer))) {
                    unmount(layer);
                    excess--;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Path mount(Path image) throws IOException {
        var point = places.layers().resolve(name(image));
        if (!Mounts.isMountPoint(point)) {
            Files.createDirectories(point);
            mountNew(image, point);
        }
        recent.remove(point);
        recent.put(point, image);
        return point;
    }

    private static void mountNew(Path image, Path point) throws IOException {
        try {
            Mounts.erofs(image, point);
        } catch (LinuxException e) {
            Files.deleteIfExists(point);
            throw e;
        }
    }

    private void unmount(Path layer) {
        recent.remove(layer);
        Mounts.detach(layer);
        try {
            Files.deleteIfExists(layer);
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "an unused layer could not be taken away: " + e.getMessage(), e);
        }
    }

    /** Least recently used first; those of an earlier server process before all others. */
    private List<Path> idle() {
        var used = new LinkedHashSet<Path>();
        var mounted = new ArrayList<Path>();
        for (var mount : Mounts.below(places.home())) {
            used.addAll(mount.lowerFolders());
            if (places.layers().equals(mount.point().getParent())) {
                mounted.add(mount.point());
            }
        }
        mounted.removeAll(used);
        var ordered = new ArrayList<>(mounted.stream().filter(layer -> !recent.containsKey(layer)).toList());
        recent.keySet().stream().filter(mounted::contains).forEach(ordered::add);
        return ordered;
    }

    /** Short, because the kernel takes at most a page of mount options; the image's whole path counts. */
    private static String name(Path image) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(image.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
