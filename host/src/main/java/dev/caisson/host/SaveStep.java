package dev.caisson.host;

/**
 * One piece of saving a sandbox that goes on. Without state of its own; what it makes it puts into the {@link Save}, which
 * removes it unless it was kept.
 */
interface SaveStep {

    /** A few words, unique in its list; appears in errors and in fault tests. */
    String name();

    /** Does it. What it throws fails the save, and {@link #undo} is called for this step too. */
    void apply(Save save);

    /** Takes back what must not stay as it is though the save failed. Idempotent. */
    default void undo(Save save) {}
}
