package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Seal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that clients may repeat with a key of their own, and that then happen once ({@code contract/rest-api.md} §15.2):
 * that a request begins is written down before it does anything, its answer before anybody gets it. So a server that died
 * in between leaves a request without an answer, which is never done again. Keys are remembered for a day, the newest
 * 10,000 of every team. Safe for use by many threads.
 */
public final class Idempotency {
    private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);
    static final Duration MEMORY = Duration.ofHours(24);
    static final int MOST_PER_TEAM = 10_000;
    /** Between two prunings; so many more than allowed may be there. */
    private static final int PRUNE_EVERY = 256;

    private final Map<Name, String> running = new ConcurrentHashMap<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final IdempotencyStore store;
    private final Seal seal;
    private final InstantSource clock;

    /** @param seal what answers are kept under, since they carry tokens */
    public Idempotency(IdempotencyStore store, Seal seal, InstantSource clock) {
        this.store = store;
        this.seal = seal;
        this.clock = clock;
    }

    private record Name(String teamId, String key) {}

    /** What becomes of a request with a key. */
    public sealed interface Outcome {
        /** The answer, now made or remembered. */
        record Answered(byte[] answer) implements Outcome {}

        /** The same request is under way; nothing was done for this one. */
        record InProgress() implements Outcome {}

        /** The key was used for another request; nothing was done for this one. */
        record Mismatch() implements Outcome {}

        /** The request was begun and may have happened, but its answer is lost. */
        record Unknown() implements Outcome {}
    }

    /**
     * Does {@code work} unless it was done or begun for this key already. Work that fails with a {@link CaissonException}
     * has done nothing and is forgotten, so that it can be tried again.
     *
     * @param request what stands for the request: equal ones are the same
     */
    public Outcome once(Team team, String key, String request, Supplier<byte[]> work) {
        var name = new Name(team.id(), key);
        var same = running.putIfAbsent(name, request);
        if (same != null) {
            return same.equals(request) ? new Outcome.InProgress() : new Outcome.Mismatch();
        }
        try {
            var since = clock.instant().minus(MEMORY);
            var known = store.find(team.id(), key, since);
            return known.isPresent() ? repeated(known.get(), request) : new Outcome.Answered(first(name, request, work));
        } finally {
            running.remove(name);
        }
    }

    private Outcome repeated(IdempotencyStore.Entry known, String request) {
        if (!known.request().equals(request)) {
            return new Outcome.Mismatch();
        }
        return known.answer().flatMap(seal::open).<Outcome>map(Outcome.Answered::new).orElseGet(Outcome.Unknown::new);
    }

    private byte[] first(Name name, String request, Supplier<byte[]> work) {
        if (begun.getAndIncrement() % PRUNE_EVERY == 0) {
            store.prune(clock.instant().minus(MEMORY), MOST_PER_TEAM);
        }
        store.begin(name.teamId(), name.key(), request, clock.instant());
        byte[] answer;
        try {
            answer = work.get();
        } catch (CaissonException e) {
            store.forget(name.teamId(), name.key());
            throw e;
        }
        remember(name, answer);
        return answer;
    }

    /** What was done is told even where it cannot be written down: the caller would never learn what it was. */
    private void remember(Name name, byte[] answer) {
        try {
            store.finish(name.teamId(), name.key(), seal.close(answer));
        } catch (RuntimeException e) {
            LOG.error("the answer to a request with an idempotency key could not be kept; repeats are told that it is lost", e);
        }
    }
}
