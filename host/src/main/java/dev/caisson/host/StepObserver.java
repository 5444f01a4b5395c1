package dev.caisson.host;

import dev.caisson.base.SandboxId;

/**
 * Sees every step of every sandbox's life begin and end, under the names that {@link Host#stepNames} lists. Fault tests
 * throw, wait or end the process here: what is thrown counts as the step's own failure.
 */
public interface StepObserver {
    /** Sees nothing. */
    StepObserver NONE = new StepObserver() {};

    default void before(SandboxId sandbox, String step) {}

    /** The step's effect is there. Not called when it failed. */
    default void after(SandboxId sandbox, String step) {}
}
