package dev.caisson.host.snapshot;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What this machine's processors can do. Programs look once and rely on it, so a memory goes on only where all of it is. */
public final class CpuFeatures {
    private CpuFeatures() {}

    /** As the kernel names them; empty where it does not say. */
    public static Set<String> ofThisMachine() {
        return of(Path.of("/proc/cpuinfo"));
    }

    static Set<String> of(Path cpuinfo) {
        try (var lines = Files.lines(cpuinfo)) {
            return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> Arrays.stream(line.substring(line.indexOf(':') + 1).strip().split(" "))
                            .filter(word -> !word.isEmpty())
                            .collect(Collectors.toUnmodifiableSet()))
                    .orElse(Set.of());
        } catch (IOException e) {
            return Set.of();
        }
    }

    /** @throws NodeException {@code UNSUPPORTED} if this machine lacks what a memory needs */
    public static void require(SnapshotManifest manifest, Collection<String> here) {
        var missing = new TreeSet<>(manifest.machine().cpuFeatures());
        missing.removeAll(here);
        if (manifest.memory() && !missing.isEmpty()) {
            throw new NodeException(
                    Category.UNSUPPORTED,
                    "the memory of " + manifest.id() + " was saved on a machine whose processors can do more: " + String.join(", ", missing)
                            + "; it can be started from its files only");
        }
    }
}
