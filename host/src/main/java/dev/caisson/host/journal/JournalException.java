package dev.caisson.host.journal;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;

/** A journal, sandbox folder or log could not be written or removed. {@code EXHAUSTED} where the disk is full. */
public final class JournalException extends CaissonException {
    JournalException(Category category, String message, Throwable cause) {
        super(category, message, cause);
    }
}
