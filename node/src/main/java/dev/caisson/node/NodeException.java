package dev.caisson.node;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import org.jspecify.annotations.Nullable;

/** A lifecycle call failed; the sandbox is as it was before. */
public final class NodeException extends CaissonException {
    public NodeException(Category category, String message) {
        this(category, message, null);
    }

    public NodeException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }

    /** The text clients compare: {@code contract/rest-api.md} §5.1. */
    public static NodeException notFound(SandboxId id) {
        return new NodeException(
                Category.NOT_FOUND, "Sandbox \"" + id + "\" doesn't exist or you don't have access to it");
    }
}
