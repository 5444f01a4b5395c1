package dev.caisson.host;

import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Does the same with many things, several at once, and returns when all are done. */
final class Abreast {
    private Abreast() {}

    /** @param task does not throw */
    static <T> void each(Collection<T> things, int atOnce, Consumer<T> task) {
        var permits = new Semaphore(atOnce);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var thing : things) {
                permits.acquireUninterruptibly();
                threads.execute(() -> {
                    try {
                        task.accept(thing);
                    } finally {
                        permits.release();
                    }
                });
            }
        }
    }
}
