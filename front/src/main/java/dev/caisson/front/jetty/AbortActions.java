package dev.caisson.front.jetty;

import java.util.ArrayList;
import java.util.List;

/** What is to be done when an exchange breaks off; done once. Safe for use by many threads. */
final class AbortActions {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean ran;

    /** Adds an action, or runs it here and now if the exchange has broken off already. */
    void add(Runnable action) {
        synchronized (this) {
            if (!ran) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    synchronized boolean any() {
        return !actions.isEmpty();
    }

    /** Runs all actions on a thread of their own: whoever notices the break may hold locks of the engine. */
    void run() {
        List<Runnable> due;
        synchronized (this) {
            ran = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        if (!due.isEmpty()) {
            Thread.ofVirtual().name("client left").start(() -> due.forEach(Runnable::run));
        }
    }
}
