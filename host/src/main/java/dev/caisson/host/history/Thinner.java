package dev.caisson.host.history;

import dev.caisson.node.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Takes samples, oldest first, and keeps of those in the window one for each step, with the largest of each figure, at the
 * moment of the first. Steps are counted from the epoch, so that two questions about overlapping windows agree.
 */
final class Thinner<T> implements Predicate<T> {
    private final SampleForm<T> form;
    private final Window window;
    private final List<T> kept = new ArrayList<>();
    private long lastStep = Long.MIN_VALUE;

    Thinner(SampleForm<T> form, Window window) {
        this.form = form;
        this.window = window;
    }

    /** Always wants more. */
    @Override
    public boolean test(T sample) {
        var at = form.at().apply(sample);
        if (!at.isBefore(window.from()) && at.isBefore(window.until())) {
            var stepMillis = window.step().toMillis();
            var step = stepMillis == 0 ? kept.size() : Math.floorDiv(at.toEpochMilli(), stepMillis);
            if (step == lastStep) {
                kept.add(form.highest().apply(kept.removeLast(), sample));
            } else {
                kept.add(sample);
            }
            lastStep = step;
        }
        return true;
    }

    List<T> kept() {
        return List.copyOf(kept);
    }
}
