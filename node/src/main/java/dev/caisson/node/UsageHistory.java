package dev.caisson.node;

import dev.caisson.base.SandboxId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What sandboxes used, those that have ended included, as far back as is kept. Nothing is known of a sandbox that belongs to
 * another owner than the one given. Safe for use by many threads; reads files, wakes no guest.
 */
public interface UsageHistory {

    /** Samples of a sandbox, oldest first; empty for one that never was. */
    List<UsageSample> samples(String owner, SandboxId id, Window window);

    /** The last sample of a sandbox. */
    Optional<UsageSample> latest(String owner, SandboxId id);

    /** The moment of the first sample that is still kept. */
    Optional<Instant> since(String owner, SandboxId id);

    /** Samples of everything an owner has on this node, oldest first. Where it has nothing running there are none. */
    List<TeamSample> team(String owner, Window window);
}
