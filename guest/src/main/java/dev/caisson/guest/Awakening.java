package dev.caisson.guest;

import java.time.Instant;

/**
 * What the agent of a restored sandbox has to know.
 *
 * @param sandboxId its own: written to {@code /run/e2b/.E2B_SANDBOX_ID} and the environment of processes that are started from
 *     now on, as is {@code templateId}
 * @param copy whether another sandbox goes on from the same state: then what must differ between machines is made new, the
 *     machine id and what interpreters draw random numbers from
 * @param now the right time; the guest's clock is set when it differs
 * @param entropy mixed into the guest's random pool, 32 bytes or more
 * @param nextLinkKey the key of every connection after this one, 32 bytes
 * @param deadlineSeconds as {@link Identity#deadlineSeconds}
 */
@SuppressWarnings("ArrayRecordComponent") // sent once, not compared
public record Awakening(
        String sandboxId,
        String templateId,
        boolean copy,
        Instant now,
        byte[] entropy,
        byte[] nextLinkKey,
        long deadlineSeconds) {}
