package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which sandbox may start next. In the order of their coming they wait until fewer than the bound are starting and the machine
 * has the memory; who still waits at the end of its patience is refused. Standbys come after everybody, and take half of the
 * places at most, so that a create never finds all of them taken by what nobody asked for. A busy processor lets fewer start at
 * once and refuses none. Safe for use by many threads.
 */
final class Turns {
    /** What the machine has left changes without a word. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final int atOnce;
    private final HostConfig.Admission policy;
    private final MachineLoad load;
    private final Runnable giveWay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Object> creates = new ArrayDeque<>();
    private final Deque<Object> standbys = new ArrayDeque<>();
    private int busy;
    private int busyStandbys;
    private long promised;

    /** @param giveWay is asked to free some memory when a create lacks it; returns at once */
    Turns(int atOnce, HostConfig.Admission policy, MachineLoad load, Runnable giveWay) {
        this.atOnce = atOnce;
        this.policy = policy;
        this.load = load;
        this.giveWay = giveWay;
    }

    /**
     * Waits for a turn.
     *
     * @param standby whether it is for nobody yet
     * @param expected bytes of memory that it will soon use
     * @throws NodeException {@code EXHAUSTED} if none came in time
     */
    Turn await(boolean standby, long expected, Duration patience) throws InterruptedException {
        var me = new Object();
        var queue = standby ? standbys : creates;
        var until = System.nanoTime() + patience.toNanos();
        lock.lockInterruptibly();
        try {
            queue.add(me);
            while (queue.peek() != me || !mayStart(standby) || !hasMemory(standby, expected)) {
                var left = until - System.nanoTime();
                if (left <= 0) {
                    throw refusal(expected, patience);
                }
                // Who is woken looks at everything again, so the reason for waking does not matter.
                var unused = changed.await(Math.min(left, LOOK_AGAIN.toNanos()), TimeUnit.NANOSECONDS);
            }
            return begin(standby, expected);
        } finally {
            queue.remove(me);
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Whether there is memory enough for one that nobody needs now: for another one besides. */
    boolean hasPlenty(long expected) {
        lock.lock();
        try {
            return free() >= 2 * expected;
        } finally {
            lock.unlock();
        }
    }

    private boolean mayStart(boolean standby) {
        var bound = load.cpuPressure() < policy.busyPercent() ? atOnce : Math.max(1, atOnce / 2);
        return busy < bound && (!standby || (creates.isEmpty() && busyStandbys < Math.max(1, bound / 2)));
    }

    private boolean hasMemory(boolean standby, long expected) {
        var enough = free() >= expected;
        if (!enough && !standby) {
            giveWay.run();
        }
        return enough;
    }

    /** What those that are starting have not used yet is not free. */
    private long free() {
        return load.memoryAvailable() - policy.reserveBytes() - promised;
    }

    private Turn begin(boolean standby, long expected) {
        busy++;
        busyStandbys += standby ? 1 : 0;
        promised += expected;
        var held = new AtomicBoolean(true);
        return () -> {
            if (held.compareAndSet(true, false)) {
                end(standby, expected);
            }
        };
    }

    private void end(boolean standby, long expected) {
        lock.lock();
        try {
            busy--;
            busyStandbys -= standby ? 1 : 0;
            promised -= expected;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private NodeException refusal(long expected, Duration patience) {
        if (free() < expected) {
            return new NodeException(
                    Category.EXHAUSTED,
                    "this machine has " + (load.memoryAvailable() >> 20) + " MiB of memory left, of which "
                            + ((policy.reserveBytes() + promised) >> 20) + " MiB are spoken for, and a new sandbox needs "
                            + (expected >> 20) + " MiB; end some sandboxes and try again");
        }
        return new NodeException(
                Category.EXHAUSTED,
                "too many sandboxes are starting: none of them was done within " + patience.toSeconds() + " s; try again");
    }
}
