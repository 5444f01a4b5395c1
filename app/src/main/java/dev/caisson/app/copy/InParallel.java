package dev.caisson.app.copy;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.ArrayList;
import java.util.List;

/** A few small transfers at a time: most of what each takes is waiting. For use by one thread. */
final class InParallel implements AutoCloseable {
    private static final int AT_ONCE = 6;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final List<Future<?>> running = new ArrayList<>();

    /** Starts a task as soon as there is a place for it. Fails if an earlier one has failed. */
    void add(Runnable task) {
        places.acquireUninterruptibly();
        running.removeIf(InParallel::isDone);
        running.add(threads.submit(() -> {
            try {
                task.run();
            } finally {
                places.release();
            }
        }));
    }

    /** Waits for all of them. */
    void join() {
        running.forEach(InParallel::await);
        running.clear();
    }

    private static boolean isDone(Future<?> task) {
        if (task.isDone()) {
            await(task);
            return true;
        }
        return false;
    }

    private static void await(Future<?> task) {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while copying", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
