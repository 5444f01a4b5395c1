package dev.caisson.engine;

import java.time.Duration;

/**
 * Counters of one sandbox, engine's own overhead included.
 *
 * @param cpu processor time since start
 * @param memoryBytes memory of processes and of tmpfs files, not page cache
 * @param cacheBytes page cache charged to it
 * @param tasks host tasks
 * @param diskUsedBytes of its own disk, what is reserved for root included: {@code diskTotalBytes} less what is available
 * @param diskTotalBytes size of its own disk's file system
 */
public record Usage(
        Duration cpu, long memoryBytes, long cacheBytes, int tasks, long diskUsedBytes, long diskTotalBytes) {}
