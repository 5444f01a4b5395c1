package dev.caisson.control;

import dev.caisson.base.SandboxId;
import dev.caisson.node.SnapshotId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A template of a team, made of snapshots of its sandboxes ({@code contract/rest-api.md} §7.1). Immutable.
 *
 * @param id 20 characters of {@code [a-z0-9]}
 * @param alias unique in the team; empty for one without a name
 * @param builds newest first; each with a tag of its own, at least one
 */
public record SnapshotTemplate(String id, String teamId, Optional<String> alias, List<Build> builds) {
    public SnapshotTemplate {
        builds = List.copyOf(builds);
    }

    /**
     * One snapshot.
     *
     * @param id of the contents, which the node has
     * @param tag the label by which clients choose it
     * @param source the sandbox it was taken from
     */
    public record Build(SnapshotId id, String tag, SandboxId source, Instant taken) {}


    /** The same with a newer build, which takes its tag away from the one that had it. */
    SnapshotTemplate with(Build newer) {
        var others = builds.stream().filter(build -> !build.tag().equals(newer.tag()));
        return new SnapshotTemplate(id, teamId, alias, Stream.concat(Stream.of(newer), others).toList());
    }
}
