package dev.caisson.node;

import java.time.Instant;

/**
 * A state of a sandbox to which that sandbox can be rolled back.
 *
 * @param name for people, may be empty; not unique
 * @param bytes that it takes on the disk by itself
 */
public record CheckpointInfo(SnapshotId id, String name, Instant taken, long bytes) {}
