package dev.caisson.app.client;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** The server refused something or does not answer ({@code UNAVAILABLE}). */
public final class ClientException extends CaissonException {
    public ClientException(Category category, String message) {
        this(category, message, null);
    }

    public ClientException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }
}
