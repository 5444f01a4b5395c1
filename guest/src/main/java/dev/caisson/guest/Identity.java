package dev.caisson.guest;

import java.time.Instant;
import java.util.Map;

/**
 * Who a sandbox is; sent after each start, restore or claim.
 *
 * @param sandboxId written to {@code /run/e2b/.E2B_SANDBOX_ID} and the environment, as is {@code templateId}
 * @param defaultUser runs what names nobody; must exist in the guest
 * @param defaultFolder where, when a request names none; empty for the user's home
 * @param environment of every process; replaces what an earlier call set
 * @param now the right time; the guest's clock is set when it differs
 * @param entropy mixed into the guest's random pool, 32 bytes or more
 * @param nextLinkKey the key of every connection after this one, 32 bytes
 * @param deadlineSeconds how long from now the agent stops user processes if no host has spoken to it since; 0 for never
 */
@SuppressWarnings("ArrayRecordComponent") // sent once, not compared
public record Identity(
        String sandboxId,
        String templateId,
        String hostname,
        String defaultUser,
        String defaultFolder,
        Map<String, String> environment,
        Instant now,
        byte[] entropy,
        byte[] nextLinkKey,
        long deadlineSeconds) {

    public Identity {
        environment = Map.copyOf(environment);
    }
}
