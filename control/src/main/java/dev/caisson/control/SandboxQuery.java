package dev.caisson.control;

import dev.caisson.node.SandboxInfo;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which sandboxes a list is to have, in which order ({@code contract/rest-api.md} §5.5).
 *
 * @param metadata pairs that must all be equal
 * @param states at least one
 * @param ascending oldest first; otherwise newest first
 * @param startedFrom inclusive
 * @param template id or name
 * @param limit rows of one page, 1..100
 * @param after the last row of the page before
 */
public record SandboxQuery(
        Map<String, String> metadata,
        Set<SandboxInfo.State> states,
        boolean ascending,
        Optional<Instant> startedFrom,
        Optional<String> template,
        int limit,
        Optional<Position> after) {

    /** Newest first; equal moments by id, ascending. */
    private static final Comparator<Position> NEWEST_FIRST =
            Comparator.comparing(Position::started).reversed().thenComparing(Position::id);

    /** Where a row stands in the order. */
    public record Position(Instant started, String id) {
        static Position of(SandboxInfo sandbox) {
            return new Position(sandbox.started(), sandbox.id().value());
        }
    }

    boolean matches(SandboxInfo sandbox) {
        return states.contains(sandbox.state())
                && sandbox.metadata().entrySet().containsAll(metadata.entrySet())
                && startedFrom.map(from -> !sandbox.started().isBefore(from)).orElse(true)
                && template.map(t -> t.equals(sandbox.templateId()) || sandbox.templateNames().contains(t)).orElse(true);
    }

    Comparator<SandboxInfo> order() {
        return Comparator.comparing(Position::of, positions());
    }

    /** Whether a row comes on a later page than the one before. */
    boolean follows(SandboxInfo sandbox) {
        return after.map(last -> positions().compare(Position.of(sandbox), last) > 0).orElse(true);
    }

    private Comparator<Position> positions() {
        return ascending ? NEWEST_FIRST.reversed() : NEWEST_FIRST;
    }
}
