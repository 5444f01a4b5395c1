package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.node.NodeException;

/** What clients are told where the machine cannot take more: its limits are not the team's ({@code contract/rest-api.md} §2). */
final class Capacity {
    private Capacity() {}

    /** The failure of a call that was to make a sandbox. */
    static CaissonException ofCreate(NodeException failure) {
        var message = String.valueOf(failure.getMessage());
        return switch (failure.category()) {
            case TIMEOUT -> new ControlException(Category.TIMEOUT, message, "sandbox_placement_timeout", failure);
            case INTERNAL -> new ControlException(Category.INTERNAL, message, "sandbox_create_failed", failure);
            case EXHAUSTED, INVALID, UNAUTHENTICATED, DENIED, NOT_FOUND, CONFLICT, UNAVAILABLE, UNSUPPORTED -> of(failure);
        };
    }

    /** The failure of another call: 503 where 429 is the team's quota. */
    static CaissonException of(NodeException failure) {
        return failure.category() == Category.EXHAUSTED
                ? new ControlException(
                        Category.UNAVAILABLE, String.valueOf(failure.getMessage()), "sandbox_capacity_unavailable", failure)
                : failure;
    }
}
