package dev.caisson.node;

import java.util.List;

/**
 * How the sandboxes are doing that are ready before anybody wants them.
 *
 * @param most that may exist at once; 0 if they are turned off
 * @param kinds of what is kept
 */
public record StandbyStatus(int most, List<Kind> kinds) {
    /** They are turned off. */
    public static final StandbyStatus OFF = new StandbyStatus(0, List.of());

    public StandbyStatus {
        kinds = List.copyOf(kinds);
    }

    /**
     * One kind.
     *
     * @param ready waiting to be claimed
     * @param making started, not ready yet
     * @param target how many are to be ready
     */
    public record Kind(String templateId, String buildId, int ready, int making, int target) {}

    public int ready() {
        return kinds.stream().mapToInt(Kind::ready).sum();
    }

    public int making() {
        return kinds.stream().mapToInt(Kind::making).sum();
    }

    public int target() {
        return kinds.stream().mapToInt(Kind::target).sum();
    }
}
