package dev.caisson.app.setup;

import dev.caisson.image.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Runs the steps that are not done yet, in order, saying what it does. */
final class SetUp {
    private final List<SetupStep> steps;
    private final PrintStream out;

    SetUp(List<SetupStep> steps, PrintStream out) {
        this.steps = List.copyOf(steps);
        this.out = out;
    }

    void run() {
        for (var step : steps) {
            if (!step.isDone()) {
                run(step);
            }
        }
    }

    private void run(SetupStep step) {
        var start = System.nanoTime();
        var name = step.name();
        try (var ticker = new ProgressTicker(name, out)) {
            step.run((Progress) ticker::report);
        }
        out.printf("  %s: done in %d s%n", name, Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }
}
