package dev.caisson.host.snapshot;

/**
 * How much may be kept. {@code SnapshotLimitsTest} pins the defaults.
 *
 * @param mostOfDisk share of the file system that all states together may take
 * @param leastDiskBytes that must stay usable there
 * @param mostCheckpoints of one sandbox; a further one takes the place of the oldest
 */
public record SnapshotLimits(double mostOfDisk, long leastDiskBytes, int mostCheckpoints) {
    public static SnapshotLimits defaults() {
        return new SnapshotLimits(0.5, 2L << 30, 100);
    }

    public SnapshotLimits withLeastDiskBytes(long least) {
        return new SnapshotLimits(mostOfDisk, least, mostCheckpoints);
    }
}
