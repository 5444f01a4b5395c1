package dev.caisson.engine;

import java.util.Optional;
import java.util.Set;

/**
 * One way of isolating sandboxes on this machine. Implementations are safe for use by many threads and pass the contract
 * suite {@code EngineContract} of this module's tests.
 *
 * <p>An engine owns everything it makes for a sandbox: processes, control groups, mounts, state files. It does not own the
 * layers, the disk image and the network namespace it is given.
 */
public interface Engine extends AutoCloseable {

    EngineInfo info();

    /**
     * Starts a sandbox and returns once its first process runs (which does not mean that the agent answers yet).
     *
     * @throws EngineException if it could not; nothing is left then, and the disk can be used again
     */
    EngineSandbox start(SandboxSpec spec);

    /**
     * Starts a sandbox that goes on from where another one (or itself) was saved. It runs when this returns. Its link keeps
     * the key of that moment, connections that it had to the outside are closed for it.
     *
     * @param spec as of the saved one but for id, disk, namespace and limits; its root shows the same files as then
     * @throws EngineException {@code UNSUPPORTED} if the build that saved it is not on this machine; nothing is left then, and
     *     what was saved still fits the disk: the guest did not go on
     */
    EngineSandbox restore(SandboxSpec spec, SavedMemory memory);

    /** Builds on this machine, by {@link EngineInfo#build()}: each restores what it saved. */
    Set<String> builds();

    /**
     * What stands against restoring on this machine, for people: a build that is missing, files that are missing or too short.
     * Empty if nothing is seen to; looks at names and sizes only. What memory needs of the processor is for its owner to
     * remember; a restore on a lesser one is refused.
     */
    Optional<String> hindrance(SavedMemory memory);

    /**
     * Finds a sandbox again that an earlier server process started.
     *
     * @return empty if it no longer runs; what remains of it is for {@link #remove}
     */
    Optional<EngineSandbox> find(EngineHandle handle);

    /**
     * Ends the sandbox {@code id} if it runs and removes everything the engine made for it, also where it is half-made,
     * wedged, or was never known. Never ends a process whose identity it has not verified. Answers within a second or goes
     * on in a bounded number of harder steps. What its disk had not written yet is lost: the disk is for its owner to delete.
     *
     * @throws EngineException only if something could not be removed; the message names it
     */
    void remove(String id);

    /**
     * Like {@link #remove}, for a sandbox that was saved: its disk is written out and unmounted cleanly, to be used again.
     *
     * @throws EngineException if something could not be removed; a later call goes on
     */
    void release(String id);

    /** The ids of everything of this engine that is on the machine, running or left over. */
    Set<String> remains();

    /** Lets go of the engine's own resources. Sandboxes go on. */
    @Override
    void close();
}
