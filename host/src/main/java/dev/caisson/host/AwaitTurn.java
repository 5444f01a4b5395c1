package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.time.Duration;

/** Waits until it may start, see {@link Turns}. A turn is given back when the start is over, not when the sandbox is. */
final class AwaitTurn implements Step {
    /** Nobody waits for a standby, and it has nothing to lose by waiting for a quieter moment. */
    private static final Duration PATIENCE_OF_STANDBYS = Duration.ofHours(1);

    private final Turns turns;
    private final HostConfig.Admission policy;
    private final Duration patience;

    AwaitTurn(Turns turns, HostConfig.Admission policy, Duration patience) {
        this.turns = turns;
        this.policy = policy;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "await its turn";
    }

    @Override
    public void apply(Assembly assembly) {
        try {
            var standby = assembly.sandbox().isStandby();
            var expected = policy.expected(assembly.memoryBytes(), assembly.imageBytes());
            assembly.turn(turns.await(standby, expected, standby ? PATIENCE_OF_STANDBYS : patience));
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
        assembly.anyTurn().ifPresent(Turn::giveBack);
    }

    @Override
    public boolean outlivesRun() {
        return true;
    }
}
