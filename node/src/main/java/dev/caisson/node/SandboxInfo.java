package dev.caisson.node;

import dev.caisson.base.SandboxId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a sandbox is, at one moment.
 *
 * @param run which stretch between start or resume and pause or kill, from 1
 * @param templateId as clients know it: that of {@link CreateRequest#shown} if there is one; a fork has that of its source
 * @param started when this run became ready
 * @param deadline when it ends unless that is moved
 * @param ingress how its ports are reached
 * @param tokenRotation the number its tokens are derived with
 * @param engine name and build, for people: {@code gvisor caisson-…}
 * @param lifecycle what happens at the deadline, and what brings it back
 * @param pause what was saved of it; {@link Pause#NONE} while it runs or is still being paused
 */
public record SandboxInfo(
        SandboxId id,
        int run,
        State state,
        String templateId,
        List<String> templateNames,
        String owner,
        Instant started,
        Instant deadline,
        boolean secured,
        boolean internet,
        Ingress ingress,
        int tokenRotation,
        int cpus,
        long memoryBytes,
        long diskBytes,
        Map<String, String> metadata,
        String engine,
        String isolation,
        Lifecycle lifecycle,
        Pause pause) {

    /** What clients see; states in between are {@code host}'s own affair. */
    public enum State { RUNNING, PAUSED }

    public SandboxInfo {
        templateNames = List.copyOf(templateNames);
        metadata = Map.copyOf(metadata);
    }

    /** The same sandbox with another deadline. */
    public SandboxInfo withDeadline(Instant moved) {
        return startedAt(started, moved);
    }

    /** The same sandbox, paused since {@code when} (being paused if nothing is saved yet). */
    public SandboxInfo pausedAt(Instant when, Pause as) {
        return new SandboxInfo(
                id, run, State.PAUSED, templateId, templateNames, owner, started, when, secured, internet, ingress, tokenRotation,
                cpus, memoryBytes, diskBytes, metadata, engine, isolation, lifecycle, as);
    }

    /** The same sandbox in another run, by the engine that is given. */
    public SandboxInfo inRun(int next, String by) {
        return new SandboxInfo(
                id, next, State.RUNNING, templateId, templateNames, owner, started, deadline, secured, internet, ingress,
                tokenRotation, cpus, memoryBytes, diskBytes, metadata, by, isolation, lifecycle, Pause.NONE);
    }

    /** The same sandbox, ready since {@code ready}. */
    public SandboxInfo startedAt(Instant ready, Instant ends) {
        return new SandboxInfo(
                id, run, state, templateId, templateNames, owner, ready, ends, secured, internet, ingress, tokenRotation,
                cpus, memoryBytes, diskBytes, metadata, engine, isolation, lifecycle, pause);
    }
}
