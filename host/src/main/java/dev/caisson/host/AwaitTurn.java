package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds how many sandboxes start at once. A turn is given back when the start is over, not when the sandbox is. */
final class AwaitTurn implements Step {
    private final Semaphore turns;
    private final Duration patience;

    AwaitTurn(int atOnce, Duration patience) {
        this.turns = new Semaphore(atOnce, true);
        this.patience = patience;
    }

    @Override
    public String name() {
        return "await its turn";
    }

    @Override
    public void apply(Assembly assembly) {
        try {
            if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new NodeException(
                        Category.EXHAUSTED,
                        "too many sandboxes are starting: none of them was done within " + patience.toSeconds() + " s; try again");
            }
            assembly.holdsTurn(true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Category.UNAVAILABLE, "it was ended while it waited to start", e);
        }
    }

    @Override
    public void undo(Assembly assembly) {
        giveBack(assembly);
    }

    /** Idempotent. */
    void giveBack(Assembly assembly) {
        if (assembly.holdsTurn()) {
            assembly.holdsTurn(false);
            turns.release();
        }
    }
}
