package dev.caisson.app.server;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** The program could not be set up, started or stopped; the message says what to do. */
public final class AppException extends CaissonException {
    public AppException(Category category, String message) {
        this(category, message, null);
    }

    public AppException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }
}
