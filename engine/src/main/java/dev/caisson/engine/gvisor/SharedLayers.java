package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.Layer;
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
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Layer images mounted once each, however many sandboxes use them, so that these share one page cache.
 *
 * <p>Nothing is counted: the kernel's list of overlays says which layers are in use. An EROFS layer that no sandbox uses stays
 * mounted for the next one, up to {@link #IDLE}; a disk does not. Taking away one that is in use would harm nobody (an overlay keeps what it
 * stands on), only sharing would be lost. Safe for use by many threads.
 */
final class SharedLayers {
    private static final int IDLE = 8;
    /** Where a disk's tree is: what its sandbox wrote. */
    private static final String UPPER = "upper";

    private final Places places;
    private final ReentrantLock lock = new ReentrantLock();
    /** Mount points, least recently used first. */
    private final Set<Path> recent = new LinkedHashSet<>();

    SharedLayers(Places places) {
        this.places = places;
    }

    /** What is done with the layers' trees before any of them may be taken away again. */
    interface Use {
        void with(List<Path> trees) throws IOException;
    }

    /** @throws EngineException {@code INVALID} if they are too many, or one is no layer */
    void use(List<Layer> layers, Use use) throws IOException {
        // The kernel takes a page of mount options; a layer takes up to 90 bytes of it.
        if (layers.size() > Layer.MOST) {
            throw new EngineException(Category.INVALID, layers.size() + " layers are more than the " + Layer.MOST + " that can lie on each other");
        }
        lock.lock();
        try {
            var trees = new ArrayList<Path>();
            for (var layer : layers) {
                trees.add(tree(mount(layer), layer.kind()));
            }
            use.with(trees);
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
                if (excess > 0 || isDisk(layer) || Mounts.imageAt(layer.point()).isEmpty()) {
                    unmount(layer.point());
                    excess--;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Such a layer has few sandboxes; whoever deletes it wants its space back at once. */
    private static boolean isDisk(Mounts.Mount layer) {
        return layer.type().equals("ext4");
    }

    private Path mount(Layer layer) throws IOException {
        var point = places.layers().resolve(name(layer.image()));
        if (!Mounts.isMountPoint(point)) {
            Files.createDirectories(point);
            mountNew(layer, point);
        }
        recent.remove(point);
        recent.add(point);
        return point;
    }

    private static void mountNew(Layer layer, Path point) throws IOException {
        try {
            switch (layer.kind()) {
                case EROFS -> Mounts.erofs(layer.image(), point);
                case DISK -> Mounts.frozenExt4(layer.image(), point);
            }
        } catch (LinuxException e) {
            Files.deleteIfExists(point);
            throw e;
        }
    }

    private static Path tree(Path mounted, Layer.Kind kind) {
        return switch (kind) {
            case EROFS -> mounted;
            case DISK -> mounted.resolve(UPPER);
        };
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
    private List<Mounts.Mount> idle() {
        var used = new LinkedHashSet<Path>();
        var mounted = new LinkedHashMap<Path, Mounts.Mount>();
        for (var mount : Mounts.below(places.home())) {
            mount.lowerFolders().forEach(tree -> used.add(tree.endsWith(UPPER) ? tree.getParent() : tree));
            if (places.layers().equals(mount.point().getParent())) {
                mounted.put(mount.point(), mount);
            }
        }
        mounted.keySet().removeAll(used);
        var ordered = new ArrayList<>(mounted.values().stream().filter(layer -> !recent.contains(layer.point())).toList());
        recent.stream().filter(mounted::containsKey).map(mounted::get).forEach(ordered::add);
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
