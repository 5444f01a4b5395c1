package dev.caisson.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several things at once. */
final class Parallel {
    /** Something without a result. */
    interface Action {
        void run() throws Exception;
    }

    private Parallel() {}

    /** What all of them gave, {@code atOnce} at a time, in their order. */
    static <T> List<T> all(int atOnce, List<? extends Callable<T>> tasks) throws Exception {
        try (var threads = Executors.newFixedThreadPool(atOnce)) {
            var results = new ArrayList<T>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        }
    }

    /** Does all, {@code atOnce} at a time. */
    static void each(int atOnce, List<? extends Action> actions) throws Exception {
        all(atOnce, actions.stream().<Callable<Boolean>>map(action -> () -> {
            action.run();
            return true;
        }).toList());
    }
}
