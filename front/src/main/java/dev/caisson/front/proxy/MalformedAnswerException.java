package dev.caisson.front.proxy;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;

/** What a service in a sandbox sent is not an HTTP/1 answer. */
final class MalformedAnswerException extends CaissonException {
    MalformedAnswerException(String message) {
        super(Category.INTERNAL, message, null);
    }
}
