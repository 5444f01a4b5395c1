package dev.caisson.engine;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** An engine could not do what was asked; the sandbox is as it was before. */
public final class EngineException extends CaissonException {
    public EngineException(Category category, String message) {
        this(category, message, null);
    }

    public EngineException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }
}
