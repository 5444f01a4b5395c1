package dev.caisson.app.setup;

import dev.caisson.image.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Steps that need nothing of each other, done at the same time. One that fails lets the others end, so that what they did need
 * not be done again.
 */
final class StepsAtOnce implements SetupStep {
    private final List<SetupStep> steps;

    StepsAtOnce(List<SetupStep> steps) {
        this.steps = List.copyOf(steps);
    }

    /** Of those that are missing. */
    @Override
    public String name() {
        return missing().stream().map(SetupStep::name).collect(Collectors.joining(", "));
    }

    @Override
    public boolean isDone() {
        return missing().isEmpty();
    }

    private List<SetupStep> missing() {
        return steps.stream().filter(step -> !step.isDone()).toList();
    }

    @Override
    public void run(Progress progress) {
        var failures = new ArrayList<RuntimeException>();
        var said = new Said(progress);
        var threads = new ArrayList<Thread>();
        for (var step : missing()) {
            threads.add(Thread.ofVirtual().name(step.name()).start(() -> run(step, said, failures)));
        }
        threads.forEach(StepsAtOnce::join);
        if (!failures.isEmpty()) {
            var first = failures.getFirst();
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private static void run(SetupStep step, Said said, List<RuntimeException> failures) {
        try {
            step.run(line -> said.by(step, line));
            said.by(step, "");
        } catch (RuntimeException e) {
            said.by(step, step.name() + " failed");
            synchronized (failures) {
                failures.add(e);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while setting up", e);
        }
    }

    /** What each step said last, as one line. Safe for use by many threads. */
    private static final class Said {
        private final Progress progress;
        private final Map<String, String> last = new TreeMap<>();

        Said(Progress progress) {
            this.progress = progress;
        }

        /** @param line nothing once the step is done */
        synchronized void by(SetupStep step, String line) {
            if (line.isBlank()) {
                last.remove(step.name());
            } else {
                last.put(step.name(), line.strip());
            }
            progress.report(String.join("; ", last.values()));
        }
    }
}
