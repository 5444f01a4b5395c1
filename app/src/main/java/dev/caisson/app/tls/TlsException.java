package dev.caisson.app.tls;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** A domain, certificate or key that cannot be used; the message says which and what to do. */
public final class TlsException extends CaissonException {
    TlsException(String message) {
        this(message, null);
    }

    TlsException(String message, @Nullable Throwable cause) {
        super(Category.INVALID, message, cause);
    }
}
