package dev.caisson.engine;

/**
 * What one sandbox may use.
 *
 * @param cpus virtual CPUs, 1 or more: what the guest sees as its number of processors, and its fair share
 * @param memoryBytes what the guest sees as its total memory; the engine adds its own reserve on the host's side
 * @param processes processes and threads inside, at least 3000
 */
public record Limits(int cpus, long memoryBytes, int processes) {}
