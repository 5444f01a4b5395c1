package dev.caisson.front;

import dev.caisson.node.SandboxInfo;

/** Brings paused sandboxes back. Safe for use by many threads. */
@FunctionalInterface
public interface Waker {
    /**
     * Brings one back for as long as traffic does, and returns when it runs.
     *
     * @throws dev.caisson.base.CaissonException if it does not
     */
    SandboxInfo wake(SandboxInfo paused);
}
