package dev.caisson.image;

import dev.caisson.base.Category;
import dev.caisson.base.CleanupStack;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LinuxException;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Looks into stacks of layers, as a sandbox would see them: mounted read-only for as long as it takes. Safe for use by many threads. */
public final class LayerStacks {
    private final LayerStore layers;
    private final FrozenDisks disks;
    private final Path scratch;

    /** @param scratch a folder of its own in {@code <run>}, with a short path; made when needed */
    public LayerStacks(LayerStore layers, FrozenDisks disks, Path scratch) {
        this.layers = layers;
        this.disks = disks;
        this.scratch = scratch;
    }

    /**
     * How the files of one stack differ from those of another, in the order of their paths.
     *
     * @param from at least two layers, topmost first
     * @param to likewise
     * @throws ImageException {@code NOT_FOUND} if a layer is not on this machine
     */
    public void changes(List<LayerName> from, List<LayerName> to, Consumer<TreeChange> each) {
        try (var before = view(from);
                var after = view(to)) {
            new TreeComparison(TreeComparison.Measure.CONTENT, each::accept).compare(before.root(), after.root());
        } catch (IOException e) {
            throw new ImageException(Category.INTERNAL, "could not compare two states of a sandbox's files: " + e, e);
        }
    }

    /**
     * Makes one disk that shows over the rest of a stack what its topmost disks show, for stacks that have become long.
     *
     * @param topmostFirst the whole stack
     * @param disks how many on top are to become one
     * @param image an empty disk with room for what is on all of them; it is filled, flushed and not mounted any more afterwards
     */
    public void merge(List<LayerName> topmostFirst, int disks, Path image) {
        var below = topmostFirst.subList(disks, topmostFirst.size());
        try (var whole = view(topmostFirst);
                var base = view(below);
                var target = over(below, image)) {
            var patch = new TreePatch(whole.root(), target.root());
            new TreeComparison(TreeComparison.Measure.TRACES, patch::apply).compare(base.root(), whole.root());
            patch.finish();
        } catch (IOException | LinuxException e) {
            throw new ImageException(Category.INTERNAL, "could not make one layer of " + disks + ": " + e, e);
        }
        FileCopies.sync(image);
    }

    /** Takes away what an earlier process left mounted. */
    public void clear() {
        try {
            for (var mount : Mounts.below(scratch).reversed()) {
                Mounts.detach(mount.point());
            }
            if (Files.isDirectory(scratch)) {
                Folders.deleteTree(scratch);
            }
        } catch (LinuxException e) {
            throw new ImageException(e.category(), "could not clear " + scratch + ": " + e.getMessage(), e);
        }
    }

    /** A stack that is mounted. */
    record View(Path root, CleanupStack undo) implements AutoCloseable {
        @Override
        public void close() {
            undo.close();
        }
    }

    View view(List<LayerName> topmostFirst) {
        return mounted(undo -> mount(topmostFirst, undo));
    }

    /** The same for writing, to a disk that lies on top. */
    private View over(List<LayerName> topmostFirst, Path image) {
        return mounted(undo -> {
            var folder = folder(undo);
            var lower = lower(topmostFirst, folder, undo);
            var disk = point(folder, "disk", undo);
            Mounts.ext4(image, disk);
            undo.push("unmount a disk", () -> Mounts.unmount(disk));
            var root = point(folder, "root", undo);
            Mounts.overlay(lower, disk.resolve("upper"), disk.resolve("work"), root);
            undo.push("unmount a stack of layers", () -> Mounts.unmount(root));
            return root;
        });
    }

    /** Mounts things and says where the stack is. */
    private interface Mounting {
        Path by(CleanupStack undo) throws IOException;
    }

    private static View mounted(Mounting mounting) {
        var undo = new CleanupStack();
        try {
            return new View(mounting.by(undo), undo);
        } catch (IOException | LinuxException e) {
            undo.close();
            throw new ImageException(Category.INTERNAL, "could not look into a stack of layers: " + e.getMessage(), e);
        } catch (ImageException e) {
            undo.close();
            throw e;
        }
    }

    private Path mount(List<LayerName> topmostFirst, CleanupStack undo) throws IOException {
        var folder = folder(undo);
        var mounted = lower(topmostFirst, folder, undo);
        var root = point(folder, "root", undo);
        Mounts.overlayReadOnly(mounted, root);
        undo.push("unmount a stack of layers", () -> Mounts.detach(root));
        return root;
    }

    private List<Path> lower(List<LayerName> topmostFirst, Path folder, CleanupStack undo) throws IOException {
        var mounted = new ArrayList<Path>();
        for (var name : topmostFirst) {
            mounted.add(mount(name, point(folder, Integer.toString(mounted.size()), undo), undo));
        }
        return mounted;
    }

    private Path folder(CleanupStack undo) throws IOException {
        Folders.create(scratch);
        return point(scratch, UUID.randomUUID().toString().substring(0, 8), undo);
    }

    private static Path point(Path folder, String name, CleanupStack undo) throws IOException {
        var point = Files.createDirectory(
                folder.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        undo.push("remove " + point, () -> Files.deleteIfExists(point));
        return point;
    }

    /** Returns the folder where the layer's tree is. */
    private Path mount(LayerName name, Path point, CleanupStack undo) {
        switch (name) {
            case LayerName.Packed(ContentHash hash) -> Mounts.erofs(
                    layers.find(hash).orElseThrow(() -> missing(name)), point);
            case LayerName.Frozen frozen -> Mounts.ext4ReadOnly(disks.find(frozen).orElseThrow(() -> missing(name)), point);
        }
        undo.push("unmount a layer", () -> Mounts.detach(point));
        return name instanceof LayerName.Frozen ? point.resolve("upper") : point;
    }

    private static ImageException missing(LayerName name) {
        return new ImageException(Category.NOT_FOUND, "layer " + name.text() + " is not on this machine");
    }
}
