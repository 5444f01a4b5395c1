package dev.caisson.guest;

import java.time.Duration;

/**
 * Counters read inside the guest.
 *
 * @param cpuBusy processor time used by all processes since start
 * @param memoryTotal,memoryAvailable,memoryCache bytes, as {@code /proc/meminfo} says
 * @param diskTotal,diskAvailable bytes of {@code /}, available to users other than root
 */
public record GuestStats(
        int cpus,
        Duration uptime,
        Duration cpuBusy,
        long memoryTotal,
        long memoryAvailable,
        long memoryCache,
        long diskTotal,
        long diskAvailable,
        int processes) {}
