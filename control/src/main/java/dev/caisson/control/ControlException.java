package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** A request that accounts, quotas or rules do not allow; the message is what clients see. */
public final class ControlException extends CaissonException {
    private final String errorCode;

    public ControlException(Category category, String message) {
        this(category, message, null);
    }

    public ControlException(Category category, String message, @Nullable Throwable cause) {
        this(category, message, "", cause);
    }

    ControlException(Category category, String message, String errorCode, @Nullable Throwable cause) {
        super(category, message, cause);
        this.errorCode = errorCode;
    }

    @Override
    public String errorCode() {
        return errorCode;
    }
}
