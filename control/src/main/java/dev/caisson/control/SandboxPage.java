package dev.caisson.control;

import dev.caisson.node.SandboxInfo;
import java.util.List;
import java.util.Optional;

/**
 * One page of a list.
 *
 * @param next where the next page begins, if there is one
 * @param total how many match on all pages together
 */
public record SandboxPage(List<SandboxInfo> sandboxes, Optional<SandboxQuery.Position> next, int total) {
    public SandboxPage {
        sandboxes = List.copyOf(sandboxes);
    }
}
