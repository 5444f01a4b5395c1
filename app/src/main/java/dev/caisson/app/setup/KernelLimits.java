package dev.caisson.app.setup;

import dev.caisson.app.AppException;
import dev.caisson.base.Category;
import dev.caisson.image.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Kernel settings that many sandboxes need, raised where they are lower and never lowered. A sandbox is about 50 host tasks
 * and 220 descriptors (docs/performance.md), so 1000 of them pass several defaults.
 */
final class KernelLimits implements SetupStep {
    /** Name below {@code /proc/sys} to the least value that is enough for 1000 sandboxes. */
    static final Map<String, Long> NEEDED = new TreeMap<>(Map.of(
            "kernel/pid_max", 4194304L,
            "kernel/threads-max", 200000L,
            "fs/file-max", 1000000L,
            "vm/max_map_count", 262144L,
            "net/ipv4/neigh/default/gc_thresh3", 8192L));

    private final ChangedSettings changed;

    KernelLimits(ChangedSettings changed) {
        this.changed = changed;
    }

    @Override
    public String name() {
        return "kernel limits";
    }

    @Override
    public boolean isDone() {
        return NEEDED.entrySet().stream().allMatch(entry -> read(entry.getKey()) >= entry.getValue());
    }

    @Override
    public void run(Progress progress) {
        NEEDED.forEach((name, least) -> {
            var before = read(name);
            if (before < least) {
                progress.report(name.replace('/', '.') + ": " + before + " -> " + least);
                changed.set(name, Long.toString(before), Long.toString(least));
            }
        });
    }

    /** What is set now; a setting this kernel does not have limits nothing. */
    static long read(String name) {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/sys", name)).strip());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    static void write(String name, String value) {
        try {
            Files.writeString(Path.of("/proc/sys", name), value);
        } catch (IOException e) {
            throw new AppException(
                    Category.INTERNAL, "could not set " + name.replace('/', '.') + " to " + value + ": " + e.getMessage()
                            + "; try `sysctl -w " + name.replace('/', '.') + "=" + value + "` as root",
                    e);
        }
    }
}
