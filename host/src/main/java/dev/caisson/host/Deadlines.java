package dev.caisson.host;

import dev.caisson.base.SandboxId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * When sandboxes end: one thread that waits for the next deadline and names the sandbox whose has passed, each on a virtual
 * thread of its own. It goes by the clock of the day, so a jump of that clock moves deadlines too; it is noticed within a
 * tick. Safe for use by many threads.
 */
final class Deadlines implements AutoCloseable {
    private record Entry(Instant when, SandboxId id) {}

    private final InstantSource clock;
    private final Duration tick;
    private final Consumer<SandboxId> passed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Entry> order = new TreeSet<>(Comparator.comparing(Entry::when).thenComparing(Entry::id));
    private final Map<SandboxId, Entry> entries = new HashMap<>();
    private final Thread thread;
    private boolean closed;

    /** @param tick the longest the thread sleeps without looking at the clock */
    Deadlines(InstantSource clock, Duration tick, Consumer<SandboxId> passed) {
        this.clock = clock;
        this.tick = tick;
        this.passed = passed;
        this.thread = Thread.ofPlatform().daemon().name("caisson-deadlines").start(this::run);
    }

    /** Sets or moves a deadline. One that has passed fires at once. */
    void set(SandboxId id, Instant when) {
        lock.lock();
        try {
            forget(id);
            var entry = new Entry(when, id);
            entries.put(id, entry);
            order.add(entry);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void remove(SandboxId id) {
        lock.lock();
        try {
            forget(id);
        } finally {
            lock.unlock();
        }
    }

    private void forget(SandboxId id) {
        var entry = entries.remove(id);
        if (entry != null) {
            order.remove(entry);
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!closed) {
                if (order.isEmpty()) {
                    changed.awaitUninterruptibly();
                } else if (clock.instant().isBefore(order.first().when())) {
                    awaitNext(Duration.between(clock.instant(), order.first().when()));
                } else {
                    fire(order.first().id());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void awaitNext(Duration remaining) throws InterruptedException {
        var wait = remaining.compareTo(tick) < 0 ? remaining : tick;
        // A woken thread looks at everything again, so the reason for waking does not matter.
        var unused = changed.await(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
    }

    private void fire(SandboxId id) {
        forget(id);
        Thread.ofVirtual().name("deadline-" + id).start(() -> passed.accept(id));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
