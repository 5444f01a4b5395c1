package dev.caisson.engine;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/** A sandbox that runs or ran. Safe for use by many threads; {@code pause} and {@code resume} are serialised inside. */
public interface EngineSandbox {

    String id();

    EngineHandle handle();

    /**
     * Stops every guest process where it is. Does nothing to one that is paused.
     *
     * @throws EngineException {@code CONFLICT} if it has ended
     */
    void pause();

    /**
     * Lets a paused sandbox go on. Does nothing to one that runs.
     *
     * @throws EngineException if that was not confirmed; it {@linkplain #mayStandStill may stand still} then
     */
    void resume();

    /**
     * Whether nobody knows if it stands still, because an earlier server died while it stopped it or let it go on, or
     * {@link #resume} failed. What its guest
     * does tells: {@link #confirmRuns} if that answers, {@link #resume} if it is silent; that ends one that runs. Until then it
     * cannot be paused.
     */
    default boolean mayStandStill() {
        return false;
    }

    /** Says of one that {@linkplain #mayStandStill may stand still} that it was seen to run. */
    default void confirmRuns() {}

    /**
     * Saves the memory of a paused sandbox: all that {@link Engine#restore} needs besides its spec and its disk. It stays
     * paused. What was saved is complete and flushed when this returns.
     *
     * @param folder does not exist yet, below an existing one. Until it is complete it is beside that, with {@code .part} added to
     *     its name: a server that dies leaves that, and the next saving to the same place deletes it
     * @throws EngineException {@code EXHAUSTED} no room on the disk; {@code CONFLICT} it is not paused or has ended. Nothing is
     *     left of the folder then, and the sandbox is as it was: a {@link #resume} lets it go on.
     */
    void saveMemory(Path folder);

    /**
     * Like {@link #saveMemory(Path)}, for one that should stand still no longer than it must: {@link SavedMemory#flush} can do the
     * rest once it goes on. An engine may do more than it is asked for.
     */
    default void saveMemory(Path folder, Durability durability) {
        saveMemory(folder);
    }

    /**
     * Of a paused sandbox: everything it has written is in its disk's image when this returns, and the image is flushed. After
     * {@link #saveMemory}, if both are done: that writes to the disk too.
     *
     * @throws EngineException {@code CONFLICT} if it is not paused or has ended; {@code EXHAUSTED} no room on the host's disk
     */
    void flushDisk();

    /**
     * Like {@link #flushDisk()}; with {@link Durability#WRITTEN} everything is in the image's file, for a copy of it, and that
     * file is not flushed.
     */
    default void flushDisk(Durability durability) {
        flushDisk();
    }

    /** What it uses now, read from the host's counters without waking the guest. */
    Usage usage();

    /**
     * Completes when the sandbox's main process has ended, within 100 ms of it, whatever ended it. Never completes
     * exceptionally. Continuations run on a thread of the engine and must not block.
     */
    CompletionStage<Exit> exited();
}
