package dev.caisson.engine.gvisor;

import dev.caisson.linux.LinuxException;
import dev.caisson.linux.UrgentThreads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the biggest process of a sandbox whose memory is used up, as a kernel would. The host's kernel knows the sandbox as
 * one process only and would end it whole; its limit lies higher, by the reserve, and is the backstop.
 *
 * <p>What counts is memory of processes and of tmpfs files: page cache fills the rest of the limit all the time and gives
 * way by itself. How soon a sandbox is looked at again follows from how long it would need to use up what it has left.
 * Safe for use by many threads; looks from one thread of its own.
 */
final class MemoryGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);
    /** How fast a guest can take memory: twice what was measured with large pages. */
    private static final long BYTES_PER_SECOND = 8L << 30;
    private static final Duration SOONEST = Duration.ofMillis(10);
    private static final Duration LATEST = Duration.ofMillis(500);

    /** By run: a paused sandbox may go on before word comes of the end of what it ran as before. */
    private final Map<GvisorSandbox, Guarded> guarded = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private boolean closed;

    private record Guarded(GvisorSandbox sandbox, long limit, long dueNanos) {
        Guarded again(Duration pause) {
            return new Guarded(sandbox, limit, System.nanoTime() + pause.toNanos());
        }
    }

    MemoryGuard() {
        thread = UrgentThreads.start("memory guard", this::watchAll);
    }

    /** Watches a sandbox until it has ended, or until this is closed. */
    void guard(GvisorSandbox sandbox, long limitBytes) {
        guarded.put(sandbox, new Guarded(sandbox, limitBytes, System.nanoTime()));
        sandbox.exited().thenRun(() -> guarded.remove(sandbox));
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Stops watching. Idempotent. */
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
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watchAll() {
        lock.lock();
        try {
            while (!closed) {
                long next = System.nanoTime() + LATEST.toNanos();
                for (var entry : guarded.values()) {
                    if (entry.dueNanos() - System.nanoTime() <= 0) {
                        var again = entry.again(look(entry));
                        guarded.computeIfPresent(again.sandbox(), (_, current) -> current == entry ? again : current);
                        next = Math.min(next, again.dueNanos());
                    } else {
                        next = Math.min(next, entry.dueNanos());
                    }
                }
                changed.awaitNanos(Math.max(next - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(1)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Looks at one sandbox, does what is needed, and says when to look again. */
    private static Duration look(Guarded entry) {
        try {
            long left = entry.limit() - entry.sandbox().memoryInUse(entry.limit());
            if (left <= 0) {
                entry.sandbox().relieve(entry.limit());
                return SOONEST;
            }
            var pause = Duration.ofNanos(left * 1_000_000_000L / BYTES_PER_SECOND);
            return pause.compareTo(SOONEST) < 0 ? SOONEST : pause.compareTo(LATEST) > 0 ? LATEST : pause;
        } catch (LinuxException e) {
            // Its group is gone or going; the end of its process takes it off the list.
            LOG.debug("cannot look at the memory of sandbox {}", entry.sandbox().id(), e);
            return LATEST;
        }
    }
}
