package dev.caisson.linux;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** A child process or a native call failed; the message names the program or call, its object, and the cause. */
public final class LinuxException extends CaissonException {
    public LinuxException(Category category, String message) {
        this(category, message, null);
    }

    public LinuxException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }
}
