package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogQuery;
import dev.caisson.node.Node;
import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageSample;
import dev.caisson.node.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a team can learn of the past of its sandboxes, those that have ended included. Safe for use by many threads. Of a
 * sandbox that never was, or is another team's, there is no past ({@code contract/rest-api.md} §10.1, §10.2).
 *
 * <p>Moments are whole seconds; {@code until} is the last second that counts.
 */
public final class SandboxHistory {
    private static final Duration TEAM_DEFAULT = Duration.ofDays(7);

    private final Node node;
    private final InstantSource clock;

    public SandboxHistory(Node node, InstantSource clock) {
        this.node = node;
        this.clock = clock;
    }

    /**
     * What a sandbox used, oldest first: over its whole life unless told otherwise.
     *
     * @throws ControlException {@code INVALID} id or range
     */
    public List<UsageSample> usage(Team team, String id, Optional<Instant> from, Optional<Instant> until) {
        requireOrder(from, until);
        var end = until.orElseGet(clock::instant);
        return ClientId.parse(id).map(sandbox -> usage(team, sandbox, from, end)).orElse(List.of());
    }

    private List<UsageSample> usage(Team team, SandboxId id, Optional<Instant> from, Instant until) {
        var start = from.or(() -> node.usageHistory().since(team.id(), id)).filter(since -> !since.isAfter(until));
        return start.map(since -> node.usageHistory().samples(team.id(), id, window(since, until))).orElse(List.of());
    }

    /**
     * The last sample of each sandbox that has one.
     *
     * @throws ControlException {@code INVALID} id
     */
    public Map<SandboxId, UsageSample> latest(Team team, Collection<String> ids) {
        var found = new TreeMap<SandboxId, UsageSample>();
        for (var text : ids) {
            ClientId.parse(text).ifPresent(
                    id -> node.usageHistory().latest(team.id(), id).ifPresent(sample -> found.put(id, sample)));
        }
        return found;
    }

    /**
     * What a team had running, oldest first: over the last week unless told otherwise.
     *
     * @throws ControlException {@code DENIED} another team, {@code INVALID} range
     */
    public List<TeamSample> team(Team team, String teamId, Optional<Instant> from, Optional<Instant> until) {
        if (!team.id().equals(teamId)) {
            throw new ControlException(Category.DENIED, "You are not authorized to access the metrics of team " + teamId);
        }
        requireOrder(from, until);
        var end = until.orElseGet(clock::instant);
        var start = from.orElseGet(() -> end.minus(TEAM_DEFAULT));
        return start.isAfter(end) ? List.of() : node.usageHistory().team(team.id(), window(start, end));
    }

    /** @throws ControlException {@code INVALID} id */
    public List<LogEntry> logs(Team team, String id, LogQuery query) {
        return ClientId.parse(id).map(sandbox -> node.logs().read(team.id(), sandbox, query)).orElse(List.of());
    }

    private static Window window(Instant from, Instant until) {
        return new Window(from, until.plusSeconds(1), Resolution.step(Duration.between(from, until)));
    }

    /** A start in the future alone is no error: who follows asks for what comes after the last sample. */
    private static void requireOrder(Optional<Instant> from, Optional<Instant> until) {
        if (from.isPresent() && until.isPresent() && from.get().isAfter(until.get())) {
            throw new ControlException(
                    Category.INVALID, "Invalid time range for metrics: the start " + from.get() + " is after the end " + until.get());
        }
    }
}
