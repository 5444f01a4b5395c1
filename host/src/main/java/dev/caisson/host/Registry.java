package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.NodeException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The sandboxes that exist here, in whatever phase. Safe for use by many threads. */
final class Registry {
    private final Map<SandboxId, Sandbox> sandboxes = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Takes in a sandbox unless there are {@code most} already.
     *
     * @throws NodeException {@code UNAVAILABLE} if nothing begins here any more
     */
    boolean admit(Sandbox sandbox, int most) {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return false;
        }
        sandboxes.put(sandbox.id(), sandbox);
        // Looked at last: whoever closes sees every sandbox that this lets pass.
        if (closed) {
            remove(sandbox);
            throw new NodeException(Category.UNAVAILABLE, "the server is stopping; try again when it is back");
        }
        return true;
    }

    /** From here on nothing is taken in. */
    void close() {
        closed = true;
    }

    void remove(Sandbox sandbox) {
        if (sandboxes.remove(sandbox.id(), sandbox)) {
            count.decrementAndGet();
        }
    }

    Optional<Sandbox> find(SandboxId id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    /** A live view. */
    Collection<Sandbox> all() {
        return sandboxes.values();
    }

    int size() {
        return count.get();
    }
}
