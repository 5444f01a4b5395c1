package dev.caisson.image;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says at least every two seconds what is going on, also while the work itself is silent: repeats the last line with the
 * time it has taken so far. Closing ends that. Safe for use by many threads.
 */
public final class SteadyProgress implements Progress, AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(1900);

    private final Progress target;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private String doing = "";
    private Instant begun = Instant.MAX;
    private boolean closed;

    private SteadyProgress(Progress target) {
        this.target = target;
    }

    public static SteadyProgress over(Progress target) {
        var steady = new SteadyProgress(target);
        Thread.ofVirtual().name("progress").start(steady::repeat);
        return steady;
    }


    @Override
    public void report(String line) {
        lock.lock();
        try {
            doing = line;
            begun = Instant.now();
            target.report(line);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void repeat() {
        lock.lock();
        try {
            while (!closed) {
                boolean quiet = !changed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
                if (quiet && !closed && !doing.isEmpty()) {
                    target.report(doing + " … " + Duration.between(begun, Instant.now()).toSeconds() + " s");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
