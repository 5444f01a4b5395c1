package dev.caisson.control;

import java.time.Instant;
import java.util.Optional;

/** Where requests with an idempotency key are kept, by team and key. Safe for use by many threads. */
public interface IdempotencyStore {

    /**
     * A request that was begun.
     *
     * @param request what stands for it
     * @param answer empty while there is none
     */
    record Entry(String request, Optional<byte[]> answer) {}

    /** A request that was begun after {@code since}. */
    Optional<Entry> find(String teamId, String key, Instant since);

    /** Replaces what there was. On its return a restarted server finds it. */
    void begin(String teamId, String key, String request, Instant when);

    /** On its return a restarted server finds the answer. */
    void finish(String teamId, String key, byte[] answer);

    void forget(String teamId, String key);

    /** Removes everything begun before {@code since}, and all but the newest {@code most} of every team. */
    void prune(Instant since, int most);
}
