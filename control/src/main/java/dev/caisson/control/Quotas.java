package dev.caisson.control;

import dev.caisson.base.Category;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/**
 * Holds a place for a sandbox that is being made, so that creates running at once cannot together pass the team's limit.
 * Safe for use by many threads.
 */
final class Quotas {
    private final Map<String, AtomicInteger> starting = new ConcurrentHashMap<>();
    private final ToIntFunction<Team> running;

    /** @param running how many sandboxes of a team are listed now */
    Quotas(ToIntFunction<Team> running) {
        this.running = running;
    }

    /** A held place; closing gives it back, whether the sandbox was made (then it is counted as running) or not. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    Place hold(Team team) {
        var held = starting.computeIfAbsent(team.id(), id -> new AtomicInteger());
        var mine = held.incrementAndGet();
        if (running.applyAsInt(team) + mine > team.maxSandboxes()) {
            held.decrementAndGet();
            throw new ControlException(
                    Category.EXHAUSTED,
                    "you have reached the maximum number of concurrent E2B sandboxes (" + team.maxSandboxes()
                            + "). If you need more, please visit 'https://e2b.dev/docs/billing'");
        }
        return held::decrementAndGet;
    }
}
