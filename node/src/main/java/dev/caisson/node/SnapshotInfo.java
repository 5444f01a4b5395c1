package dev.caisson.node;

import dev.caisson.base.SandboxId;
import java.time.Instant;

/**
 * A state of a sandbox that was saved and from which others can be started.
 *
 * @param source the sandbox it was taken from; that may be gone
 * @param owner of the source
 * @param templateId of the source; what clients call the template made of it is {@code control}'s affair
 * @param memory whether processes go on in what is started from it; otherwise it boots from its files
 * @param bytes that it takes on the disk by itself
 */
public record SnapshotInfo(
        SnapshotId id,
        SandboxId source,
        String owner,
        String templateId,
        Instant taken,
        boolean memory,
        int cpus,
        long memoryBytes,
        long diskBytes,
        long bytes) {}
