package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** A request that accounts, quotas or rules do not allow; the message is what clients see. */
public final class ControlException extends CaissonException {
    public ControlException(Category category, String message) {
        this(category, message, null);
    }

    public ControlException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }
}
