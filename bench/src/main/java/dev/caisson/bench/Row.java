package dev.caisson.bench;

/**
 * One line of the result, in milliseconds.
 *
 * @param bareP50 the bare tool's median
 * @param ratio medians, Caisson to bare
 */
record Row(String what, int count, double p50, double p99, double bareP50, double bareP99, double ratio) {

    static Row of(String what, Samples ours, Samples bare) {
        return new Row(
                what, ours.count(), ours.percentile(0.5), ours.percentile(0.99), bare.percentile(0.5), bare.percentile(0.99),
                ours.percentile(0.5) / bare.percentile(0.5));
    }
}
