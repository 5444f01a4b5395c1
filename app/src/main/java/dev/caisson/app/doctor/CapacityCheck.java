package dev.caisson.app.doctor;

import dev.caisson.network.SlotSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many idle sandboxes fit, and which limit comes first. One was measured to take 14 to 19 MiB of the machine's memory
 * and 20 host tasks when idle (docs/performance.md); the tasks are doubled here because guests that work have more.
 */
final class CapacityCheck implements Check {
    private static final long MEMORY_EACH = 20L << 20;
    /** The base template's 1 GiB and the reserve of the sandbox's own kernel. */
    private static final long MEMORY_FULL = (1024L + 64L) << 20;
    private static final long TASKS_EACH = 40;
    private static final long DESCRIPTORS_EACH = 220;

    @Override
    public List<Finding> look() {
        var fits = new TreeMap<String, Long>();
        fits.put("memory", Proc.memory("MemAvailable") / MEMORY_EACH);
        fits.put("network slots", (long) SlotSettings.defaults().most());
        Proc.number("/proc/sys/kernel/pid_max").ifPresent(most -> fits.put("kernel.pid_max", most / TASKS_EACH));
        Proc.number("/proc/sys/kernel/threads-max").ifPresent(most -> fits.put("kernel.threads-max", most / TASKS_EACH));
        Proc.number("/proc/sys/fs/file-max").ifPresent(most -> fits.put("fs.file-max", most / DESCRIPTORS_EACH));
        var first = fits.entrySet().stream().min(Map.Entry.comparingByValue(Comparator.naturalOrder())).orElseThrow();
        var text = "about " + first.getValue() + " idle sandboxes fit, the first limit is " + first.getKey() + "; "
                + Math.min(first.getValue(), Proc.memory("MemAvailable") / MEMORY_FULL) + " that use all their memory";
        return List.of(first.getValue() >= 100
                ? Finding.ok("capacity", text)
                : Finding.warn("capacity", text, first.getKey().contains(".") ? "caisson up raises it" : "free some " + first.getKey()));
    }
}
