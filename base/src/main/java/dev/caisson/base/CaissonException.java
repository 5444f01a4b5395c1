package dev.caisson.base;

import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that Caisson reports. Each module boundary has one subclass.
 *
 * <p>The message says what was attempted, on what, what happened, and what the person can do about it. It is shown to
 * clients as it stands, so it names no file of the host and carries no secret.
 */
public abstract class CaissonException extends RuntimeException {
    private final Category category;

    protected CaissonException(Category category, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
    }

    public final Category category() {
        return category;
    }

    /** A name for programs that says more than the category, {@code sandbox_capacity_unavailable}; empty for none. */
    public String errorCode() {
        return "";
    }
}
