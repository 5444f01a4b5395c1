package dev.caisson.network;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** A slot could not be prepared, claimed or cleaned. */
public final class NetworkException extends CaissonException {
    public NetworkException(Category category, String message) {
        this(category, message, null);
    }

    public NetworkException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }
}
