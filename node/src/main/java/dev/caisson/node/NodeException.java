package dev.caisson.node;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import org.jspecify.annotations.Nullable;

/** A lifecycle call failed; the sandbox is as it was before. */
public final class NodeException extends CaissonException {
    /** What callers tell apart beyond the category. */
    public enum Reason {
        /** Nothing that anybody tells apart. */
        OTHER,
        /** Its memory was saved with an agent that did not answer: it can be started from its files only. */
        AGENT_WAS_UNRESPONSIVE
    }

    private final Reason reason;

    public NodeException(Category category, String message) {
        this(category, message, null);
    }

    public NodeException(Category category, String message, @Nullable Throwable cause) {
        this(category, Reason.OTHER, message, cause);
    }

    public NodeException(Category category, Reason reason, String message, @Nullable Throwable cause) {
        super(category, message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** The text clients compare: {@code contract/rest-api.md} §5.1. */
    public static NodeException notFound(SandboxId id) {
        return new NodeException(
                Category.NOT_FOUND, "Sandbox \"" + id + "\" doesn't exist or you don't have access to it");
    }
}
