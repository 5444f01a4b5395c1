package dev.caisson.app.setup;

import dev.caisson.image.Progress;
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

    private final KernelSettings settings;
    private final ChangedSettings changed;

    KernelLimits(KernelSettings settings, ChangedSettings changed) {
        this.settings = settings;
        this.changed = changed;
    }

    @Override
    public String name() {
        return "kernel limits";
    }

    @Override
    public boolean isDone() {
        return NEEDED.entrySet().stream().allMatch(entry -> settings.read(entry.getKey()) >= entry.getValue());
    }

    @Override
    public void run(Progress progress) {
        NEEDED.forEach((name, least) -> {
            var before = settings.read(name);
            if (before < least) {
                progress.report(name.replace('/', '.') + ": " + before + " -> " + least);
                changed.set(name, Long.toString(before), Long.toString(least));
            }
        });
    }
}
