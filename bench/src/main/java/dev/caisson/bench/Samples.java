package dev.caisson.bench;

import java.util.Arrays;
import java.util.concurrent.Callable;

/** Times of one thing, in milliseconds. */
final class Samples {
    private double[] values = new double[0];

    /** Times a call and keeps what it took. */
    <T> T time(Callable<T> call) throws Exception {
        var start = System.nanoTime();
        var result = call.call();
        add((System.nanoTime() - start) / 1e6);
        return result;
    }

    void add(double milliseconds) {
        values = Arrays.copyOf(values, values.length + 1);
        values[values.length - 1] = milliseconds;
    }

    int count() {
        return values.length;
    }

    /** The value below which {@code share} of all lie, 0..1. */
    double percentile(double share) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
    }
}
