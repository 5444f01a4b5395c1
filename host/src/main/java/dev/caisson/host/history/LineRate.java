package dev.caisson.host.history;

/** How fast one sandbox may write to its log, and how much was dropped because it was faster. Safe for use by many threads. */
final class LineRate {
    private final double perNano;
    private final double burst;
    private double left;
    private long lastNanos;
    private long dropped;

    LineRate(HistoryConfig.Logs config, long nowNanos) {
        this.perNano = config.linesPerSecond() / 1e9;
        this.burst = config.burst();
        this.left = config.burst();
        this.lastNanos = nowNanos;
    }

    /** Whether one more line may be written now; if not, it counts as dropped. */
    synchronized boolean take(long nowNanos) {
        left = Math.min(burst, left + (nowNanos - lastNanos) * perNano);
        lastNanos = nowNanos;
        if (left < 1) {
            dropped++;
            return false;
        }
        left--;
        return true;
    }

    /** A line that might have been written was dropped after all. */
    synchronized void drop() {
        dropped++;
    }

    /** How many lines were dropped since this was last asked. */
    synchronized long takeDropped() {
        var count = dropped;
        dropped = 0;
        return count;
    }
}
