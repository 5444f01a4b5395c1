package dev.caisson.app.setup;

import dev.caisson.image.Progress;

/** One thing that has to be there before the server can start. Run in order by {@link SetUp}. */
interface SetupStep {

    /** What is being made, for the progress line: {@code the base template}. */
    String name();

    /** Whether it is there already, complete and of the right version. Quick. */
    boolean isDone();

    /** Makes it; whatever it throws leaves nothing half-made. */
    void run(Progress progress);
}
