package dev.caisson.node.testing;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets a test make what a {@link FakeNode} does to sandboxes fail, or stop in the middle. Thread-safe. */
public final class FakeTransitions {
    private static final long PATIENCE_SECONDS = 60;

    /** What happens to a sandbox. */
    public enum Kind { PAUSE, RESUME, SNAPSHOT, FORK, ROLL_BACK }

    private final Map<Kind, NodeException> failures = new ConcurrentHashMap<>();
    private final Map<Kind, CountDownLatch> holds = new ConcurrentHashMap<>();
    private final Map<Kind, AtomicInteger> begun = new ConcurrentHashMap<>();

    /** Every one of this kind fails from now on, with the sandbox as it was. */
    public void fail(Kind kind, NodeException failure) {
        failures.put(kind, failure);
    }

    /** Every one of this kind stops in the middle from now on, until {@link #release}. */
    public void hold(Kind kind) {
        holds.put(kind, new CountDownLatch(1));
    }

    /** Ends a {@link #hold}: those that stopped go on. */
    public void release(Kind kind) {
        Optional.ofNullable(holds.remove(kind)).ifPresent(CountDownLatch::countDown);
    }

    /** How many of this kind have begun; one that joined another is none of its own. */
    public int begun(Kind kind) {
        return counter(kind).get();
    }

    void pass(Kind kind) {
        counter(kind).incrementAndGet();
        var hold = holds.get(kind);
        try {
            if (hold != null && !hold.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new NodeException(Category.TIMEOUT, "the test never released the " + kind);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Category.INTERNAL, "interrupted in the middle of a " + kind, e);
        }
        var failure = failures.get(kind);
        if (failure != null) {
            throw failure;
        }
    }

    private AtomicInteger counter(Kind kind) {
        return begun.computeIfAbsent(kind, same -> new AtomicInteger());
    }
}
