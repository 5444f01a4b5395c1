package dev.caisson.host;

import dev.caisson.guest.GuestAgent;
import dev.caisson.node.EndRecord;
import dev.caisson.node.SandboxInfo;

/**
 * Is told what becomes of sandboxes. Called on a thread of the sandbox's own, one call at a time for each; a slow listener
 * delays that sandbox's create or kill, so it hands long work to a thread of its own. What it throws is logged.
 */
public interface SandboxListener {

    /**
     * A new sandbox runs and is found as soon as this returns. For adopted ones, see {@code list} after the host opened.
     *
     * @param agent what {@code agent(id)} will give
     */
    default void running(SandboxInfo sandbox, GuestAgent agent) {}

    /** It is about to stand still, to be paused, and is found as paused already. */
    default void pausing(SandboxInfo sandbox) {}

    /** It could not be paused and goes on as it was, its link and its connections unbroken. Found running once this returns. */
    default void goesOn(SandboxInfo sandbox) {}

    /** It is paused and its link is about to be closed. */
    default void paused(SandboxInfo sandbox) {}

    /**
     * It was paused and runs again, and is found so as soon as this returns.
     *
     * @param agent what {@code agent(id)} will give
     */
    default void resumed(SandboxInfo sandbox, GuestAgent agent) {}

    /** A sandbox is no longer found, its link is closed, and what it was made of is about to go. */
    default void ended(EndRecord end) {}
}
