package dev.caisson.app.doctor;

import dev.caisson.host.HostConfig;
import dev.caisson.network.SlotSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many sandboxes fit until the server refuses the next one, and which limit comes first. An idle one was measured to take 14
 * to 19 MiB of the machine's memory and 20 host tasks (docs/performance.md); the tasks are doubled here because guests that work
 * have more. Memory is counted as the server counts it ({@link HostConfig.Admission}).
 */
final class CapacityCheck implements Check {
    private static final long MEMORY_EACH = 20L << 20;
    /** What a guest of the base template has. */
    private static final long MEMORY_OF_GUEST = 1L << 30;
    /** What a sandbox's own kernel has besides. */
    private static final long MEMORY_OF_KERNEL = 64L << 20;
    private static final long TASKS_EACH = 40;
    private static final long DESCRIPTORS_EACH = 220;

    @Override
    public List<Finding> look() {
        var available = Proc.memory("MemAvailable");
        var admission = HostConfig.Admission.standard(Proc.memory("MemTotal"));
        var fits = new TreeMap<String, Long>();
        fits.put("memory", idle(available, admission));
        fits.put("sandboxes on one machine", (long) HostConfig.defaults().mostSandboxes());
        fits.put("network slots", (long) SlotSettings.defaults().most());
        Proc.number("/proc/sys/kernel/pid_max").ifPresent(most -> fits.put("kernel.pid_max", most / TASKS_EACH));
        Proc.number("/proc/sys/kernel/threads-max").ifPresent(most -> fits.put("kernel.threads-max", most / TASKS_EACH));
        Proc.number("/proc/sys/fs/file-max").ifPresent(most -> fits.put("fs.file-max", most / DESCRIPTORS_EACH));
        var first = fits.entrySet().stream().min(Map.Entry.comparingByValue(Comparator.naturalOrder())).orElseThrow();
        var text = "about " + first.getValue() + " idle sandboxes fit, the first limit is " + first.getKey() + "; "
                + Math.min(first.getValue(), full(available, admission)) + " that use all their memory";
        return List.of(first.getValue() >= 100
                ? Finding.ok("capacity", text)
                : Finding.warn("capacity", text, first.getKey().contains(".") ? "caisson up raises it" : "free some " + first.getKey()));
    }

    /** So many start, one after the other, and do nothing. */
    static long idle(long available, HostConfig.Admission admission) {
        var left = available - admission.reserveBytes() - admission.expected(MEMORY_OF_GUEST, 0);
        return left < 0 ? 0 : left / MEMORY_EACH + 1;
    }

    /** So many can have all that they are given. */
    static long full(long available, HostConfig.Admission admission) {
        return Math.max(0, available - admission.reserveBytes()) / (MEMORY_OF_GUEST + MEMORY_OF_KERNEL);
    }
}
