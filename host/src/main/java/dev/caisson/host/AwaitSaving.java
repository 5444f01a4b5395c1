package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bounds how many sandboxes stand still to be saved at once: many whose time is up together would each stand still for as long as
 * all of them take. The turn is given back when it is saved, or goes on.
 */
final class AwaitSaving implements Step {
    static final String NAME = "await its turn to be saved";

    private final Semaphore turns;
    private final Duration patience;

    AwaitSaving(int atOnce, Duration patience) {
        this.turns = new Semaphore(atOnce, true);
        this.patience = patience;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(Assembly assembly) {
        try {
            if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new NodeException(
                        Category.EXHAUSTED,
                        "too many sandboxes are being saved: none of them was done within " + patience.toSeconds() + " s; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Category.UNAVAILABLE, "it was interrupted", e);
        }
        var held = new AtomicBoolean(true);
        assembly.savingTurn(() -> {
            if (held.compareAndSet(true, false)) {
                turns.release();
            }
        });
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.anySavingTurn().ifPresent(Turn::giveBack);
    }
}
