package dev.caisson.base;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Undo actions of a piece of work that takes several steps, run in reverse order unless the work is kept.
 *
 * <pre>{@code
 * try (var undo = new CleanupStack()) {
 *     var slot = slots.claim(patience);
 *     undo.push("give back the slot", () -> slots.release(slot));
 *     ...
 *     undo.keep();
 * }
 * }</pre>
 *
 * <p>Every action runs even if an earlier one fails; the first failure is thrown at the end with the others suppressed.
 * Not safe for use by several threads.
 */
public final class CleanupStack implements AutoCloseable {
    private final Deque<Action> actions = new ArrayDeque<>();

    /** One undo; what it throws is reported with its name. */
    public interface Undo {
        void run() throws Exception;
    }

    private record Action(String name, Undo undo) {}

    public void push(String name, Undo undo) {
        actions.push(new Action(name, undo));
    }

    /** The work is done and stays: forgets every action. */
    public void keep() {
        actions.clear();
    }

    @Override
    public void close() {
        CleanupException first = null;
        while (!actions.isEmpty()) {
            var action = actions.pop();
            try {
                action.undo().run();
            } catch (Exception e) {
                var failure = new CleanupException("could not " + action.name() + ": " + e.getMessage(), e);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** An undo failed; something may be left behind, and the message names it. */
    public static final class CleanupException extends CaissonException {
        CleanupException(String message, Throwable cause) {
            super(Category.INTERNAL, message, cause);
        }
    }
}
