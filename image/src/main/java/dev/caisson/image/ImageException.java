package dev.caisson.image;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import org.jspecify.annotations.Nullable;

/** A layer, template or disk could not be made, found or read. */
public final class ImageException extends CaissonException {
    public ImageException(Category category, String message) {
        this(category, message, null);
    }

    public ImageException(Category category, String message, @Nullable Throwable cause) {
        super(category, message, cause);
    }
}
