package dev.caisson.host;

/**
 * One piece of bringing a sandbox up, and how to take it back. A step keeps nothing itself: what it makes it puts into the
 * {@link Assembly}, so one instance serves all sandboxes at once.
 */
interface Step {

    /** Two or three words, unique in its list; appears in errors, in the status and in fault tests. */
    String name();

    /** Does it. What it throws fails the sandbox, and {@link #undo} is called for this step too. */
    void apply(Assembly assembly);

    /**
     * Takes back whatever {@link #apply} did, also where it was never called, failed half-way or ran in an earlier server
     * process. Idempotent. What it throws leaves the sandbox in the sweeper's hands.
     */
    default void undo(Assembly assembly) {}

    /** Whether what it made stays when the sandbox is paused: its place and its files, not what it runs as. */
    default boolean outlivesRun() {
        return false;
    }
}
