package dev.caisson.envd.connect;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs short actions at deadlines, all on one thread: an action that could block starts a virtual thread for it. Safe for use
 * by many threads. Closing drops what has not come due.
 */
public final class Alarms implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    /** An action that has not come due; closing it takes it back. */
    public interface Alarm extends AutoCloseable {
        @Override
        void close();
    }

    public Alarms() {
        timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("envd-deadlines").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs {@code action} when the deadline passes, never if there is none. */
    public Alarm at(Deadline deadline, Runnable action) {
        if (!deadline.exists()) {
            return () -> {};
        }
        var task = timer.schedule(action, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        return () -> task.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
