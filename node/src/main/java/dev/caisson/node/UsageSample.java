package dev.caisson.node;

import java.time.Instant;

/**
 * What a sandbox used at one moment.
 *
 * @param cpus that it has
 * @param cpuPercent share of all of them that was busy since the sample before, 0 to 100
 * @param memoryUsed bytes of its processes and of files in memory, at most {@code memoryTotal}
 * @param memoryCache bytes of page cache
 * @param diskUsed bytes that an ordinary user cannot write any more
 */
public record UsageSample(
        Instant at,
        int cpus,
        double cpuPercent,
        long memoryUsed,
        long memoryTotal,
        long memoryCache,
        long diskUsed,
        long diskTotal) {

    /** The larger of every figure, at this one's moment. */
    public UsageSample highest(UsageSample other) {
        return new UsageSample(
                at,
                Math.max(cpus, other.cpus),
                Math.max(cpuPercent, other.cpuPercent),
                Math.max(memoryUsed, other.memoryUsed),
                Math.max(memoryTotal, other.memoryTotal),
                Math.max(memoryCache, other.memoryCache),
                Math.max(diskUsed, other.diskUsed),
                Math.max(diskTotal, other.diskTotal));
    }
}
