package dev.caisson.engine;

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

    /** Lets a paused sandbox go on. Does nothing to one that runs. */
    void resume();

    /** What it uses now, read from the host's counters without waking the guest. */
    Usage usage();

    /**
     * Completes when the sandbox's main process has ended, within 100 ms of it, whatever ended it. Never completes
     * exceptionally. Continuations run on a thread of the engine and must not block.
     */
    CompletionStage<Exit> exited();
}
