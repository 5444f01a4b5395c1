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

    /** Whether it is to end meanwhile. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

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
            if (!await(assembly.sandbox())) {
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

    /** False if there was none in time. */
    private boolean await(Sandbox sandbox) throws InterruptedException {
        var until = System.nanoTime() + patience.toNanos();
        for (var left = patience.toNanos(); left > 0; left = until - System.nanoTime()) {
            if (turns.tryAcquire(Math.min(left, LOOK_AGAIN.toNanos()), TimeUnit.NANOSECONDS)) {
                return true;
            }
            if (sandbox.phase() instanceof Phase.Ending) {
                throw NodeException.notFound(sandbox.id());
            }
        }
        return false;
    }

    @Override
    public void undo(Assembly assembly) {
        assembly.anySavingTurn().ifPresent(Turn::giveBack);
    }
}
