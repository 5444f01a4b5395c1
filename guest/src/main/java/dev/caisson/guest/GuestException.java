package dev.caisson.guest;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/**
 * The agent refused something, or could not be reached ({@code UNAVAILABLE}, {@code TIMEOUT}).
 *
 * <p>{@link #errno()} carries the guest's error number where a system call failed, so that callers can tell a missing file
 * from one that is a folder.
 */
public final class GuestException extends CaissonException {
    private final Errno errno;

    public GuestException(Category category, String message, Errno errno, @Nullable Throwable cause) {
        super(category, message, cause);
        this.errno = errno;
    }

    public GuestException(Category category, String message) {
        this(category, message, Errno.NONE, null);
    }

    public Errno errno() {
        return errno;
    }
}
