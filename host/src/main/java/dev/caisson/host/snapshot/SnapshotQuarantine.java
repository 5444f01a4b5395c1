package dev.caisson.host.snapshot;

import dev.caisson.image.LayerName;
import dev.caisson.node.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where damaged states go, for somebody to look at; the oldest leave when there are too many. */
final class SnapshotQuarantine {
    /** They are large. */
    private static final int KEPT = 5;

    private final Path folder;

    /** @param folder {@code <data>/quarantine/snapshots}; made when needed */
    SnapshotQuarantine(Path folder) {
        this.folder = folder;
    }

    /** Takes a state's folder. Returns where it is now. */
    Path take(SnapshotFolder damaged) throws IOException {
        var target = folder.resolve(damaged.path().getFileName());
        new SnapshotFolder(folder).create();
        new SnapshotFolder(target).delete();
        Files.move(damaged.path(), target, StandardCopyOption.ATOMIC_MOVE);
        Files.setLastModifiedTime(target, FileTime.from(Instant.now()));
        trim();
        return target;
    }

    /** The disks that it takes to look at them, as far as their manifests can still be read. */
    Set<LayerName.Frozen> frozen() {
        var found = new HashSet<LayerName.Frozen>();
        for (var state : states()) {
            var id = SnapshotId.parse(String.valueOf(state.getFileName()));
            if (id.isPresent()) {
                try {
                    found.addAll(new SnapshotFolder(state).read(id.get()).frozen());
                } catch (SnapshotFolder.DamagedException e) {
                    // Then nobody knows which they were.
                    continue;
                }
            }
        }
        return found;
    }

    private void trim() throws IOException {
        var oldestFirst = new ArrayList<>(states());
        oldestFirst.sort(Comparator.comparingLong(path -> path.toFile().lastModified()));
        for (var path : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - KEPT))) {
            new SnapshotFolder(path).delete();
        }
    }

    private List<Path> states() {
        var paths = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(folder)) {
            entries.forEach(paths::add);
        } catch (IOException e) {
            return List.of();
        }
        return paths;
    }
}
