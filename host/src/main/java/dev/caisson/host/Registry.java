package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.NodeException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The sandboxes that exist here, in whatever phase. Safe for use by many threads. */
final class Registry {
    private final Map<SandboxId, Sandbox> sandboxes = new ConcurrentHashMap<>();
    /** Those that are not paused. */
    private final Set<SandboxId> awake = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Takes in a sandbox unless {@code most} are awake already.
     *
     * @throws NodeException {@code UNAVAILABLE} if nothing begins here any more
     */
    boolean admit(Sandbox sandbox, int most) {
        if (!wakes(sandbox, most)) {
            return false;
        }
        sandboxes.put(sandbox.id(), sandbox);
        // Looked at last: whoever closes sees every sandbox that this lets pass.
        if (closed) {
            remove(sandbox);
            throw stopping();
        }
        return true;
    }

    private static NodeException stopping() {
        return new NodeException(Category.UNAVAILABLE, "the server is stopping; try again when it is back");
    }

    /**
     * Counts one that was paused again, unless {@code most} are awake already.
     *
     * @throws NodeException as {@link #admit}
     */
    boolean wakes(Sandbox sandbox, int most) {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return false;
        }
        awake.add(sandbox.id());
        if (closed) {
            rests(sandbox);
            throw stopping();
        }
        return true;
    }

    /** It is paused and counts no more. Idempotent. */
    void rests(Sandbox sandbox) {
        if (awake.remove(sandbox.id())) {
            count.decrementAndGet();
        }
    }

    /** From here on nothing is taken in. */
    void close() {
        closed = true;
    }

    void remove(Sandbox sandbox) {
        if (sandboxes.remove(sandbox.id(), sandbox)) {
            rests(sandbox);
        }
    }

    Optional<Sandbox> find(SandboxId id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    /** A live view. */
    Collection<Sandbox> all() {
        return sandboxes.values();
    }

    /** How many are awake. */
    int size() {
        return count.get();
    }
}
