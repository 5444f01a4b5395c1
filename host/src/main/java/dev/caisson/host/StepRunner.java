package dev.caisson.host;

import dev.caisson.base.CaissonException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs steps in order and their undos in reverse. Without state of its own. */
final class StepRunner {
    private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

    private final StepObserver observer;

    StepRunner(StepObserver observer) {
        this.observer = observer;
    }

    /** A step or an undo failed; {@link #getCause} says why. */
    static final class StepFailed extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String step;
        private final String reason;

        private StepFailed(String step, Throwable cause) {
            var what = "could not " + step + ": " + (cause.getMessage() == null ? cause : cause.getMessage());
            super(what, cause);
            this.step = step;
            this.reason = what;
        }

        /** The message, for people. */
        String reason() {
            return reason;
        }

        String step() {
            return step;
        }
    }

    /**
     * Runs steps until one fails or the sandbox is to end. What was begun stays on the assembly's stack.
     *
     * @throws StepFailed with the first failure
     */
    void apply(List<? extends Step> steps, Assembly assembly) {
        for (var step : steps) {
            // Pushed first: what a step left when it failed half-way is undone as well.
            assembly.taken().push(step);
            runUnlessEnding(step, assembly);
        }
    }

    private void runUnlessEnding(Step step, Assembly assembly) {
        run(assembly, step.name(), () -> {
            if (assembly.sandbox().phase() instanceof Phase.Ending ending) {
                throw new Interruption(ending.end().detail());
            }
            step.apply(assembly);
        });
    }

    /**
     * Takes back what is on the stack, the last first, and stops at the first undo that fails: what lies beneath it is
     * still in use (a network slot by a process that would not end).
     *
     * @throws StepFailed with that undo's failure; calling again goes on there
     */
    void unwind(Assembly assembly) {
        unwindWhile(assembly, _ -> true);
    }

    /**
     * Takes back what a sandbox runs as and leaves what outlives that. Stops at the first undo that fails, as
     * {@link #unwind} does.
     */
    void unwindRun(Assembly assembly) {
        unwindWhile(assembly, step -> !step.outlivesRun());
    }

    private void unwindWhile(Assembly assembly, Predicate<Step> which) {
        for (var step = assembly.taken().peek(); step != null && which.test(step); step = assembly.taken().peek()) {
            var undone = step;
            run(assembly, undoOf(step), () -> undone.undo(assembly));
            assembly.taken().pop();
        }
    }

    /**
     * Runs steps that leave nothing on the assembly's stack: all of them, or as if none had been. On failure, and where the sandbox is to end, what was begun is
     * undone in reverse, each of them whatever becomes of the others.
     *
     * @throws StepFailed with the first failure; those of undos are suppressed in it
     */
    void allOrNothing(List<? extends Step> steps, Assembly assembly) {
        var begun = new ArrayDeque<Step>();
        try {
            for (var step : steps) {
                begun.push(step);
                runUnlessEnding(step, assembly);
            }
        } catch (StepFailed failure) {
            for (var step : begun) {
                undo(step, assembly, failure);
            }
            throw failure;
        }
    }

    private void undo(Step step, Assembly assembly, StepFailed why) {
        try {
            run(assembly, undoOf(step), () -> step.undo(assembly));
        } catch (StepFailed failure) {
            why.addSuppressed(failure);
        }
    }

    /**
     * Runs something that has no undo, under a name.
     *
     * @throws StepFailed whatever it throws: an {@link Error} as well leaves things half done that have to be undone
     */
    void run(Assembly assembly, String name, Runnable action) {
        try {
            observer.before(assembly.id(), name);
            action.run();
            observer.after(assembly.id(), name);
        } catch (RuntimeException | Error e) {
            if (!(e instanceof CaissonException || e instanceof Interruption)) {
                LOG.error("step '{}' of sandbox {} failed in an unforeseen way", name, assembly.id(), e);
            }
            throw new StepFailed(name, e);
        }
    }

    static String undoOf(Step step) {
        return undoOf(step.name());
    }

    static String undoOf(String step) {
        return "undo: " + step;
    }

    /** The sandbox was ended while it was being built. */
    static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Interruption(String message) {
            super(message);
        }
    }
}
