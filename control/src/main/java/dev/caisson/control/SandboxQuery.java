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
        Optional<PagePosition> after) {

    static PagePosition position(SandboxInfo sandbox) {
        return new PagePosition(sandbox.started(), sandbox.id().value());
    }

    boolean matches(SandboxInfo sandbox) {
        return states.contains(sandbox.state())
                && sandbox.metadata().entrySet().containsAll(metadata.entrySet())
                && startedFrom.map(from -> !sandbox.started().isBefore(from)).orElse(true)
                && template.map(t -> t.equals(sandbox.templateId()) || sandbox.templateNames().contains(t)).orElse(true);
    }

    Comparator<PagePosition> order() {
        return ascending ? PagePosition.OLDEST_FIRST : PagePosition.NEWEST_FIRST;
    }
}
