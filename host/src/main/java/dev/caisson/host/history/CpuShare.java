package dev.caisson.host.history;

import java.time.Duration;

/**
 * Processor time of one sandbox up to one moment.
 *
 * @param nanos of the machine's steady clock
 */
record CpuShare(Duration cpu, long nanos) {

    /** How many percent of {@code cpus} were busy since {@code before}. */
    double percentSince(CpuShare before, int cpus) {
        double capacity = (double) (nanos - before.nanos) * Math.max(1, cpus);
        return capacity <= 0 ? 0 : Math.clamp(100.0 * cpu.minus(before.cpu).toNanos() / capacity, 0, 100);
    }
}
