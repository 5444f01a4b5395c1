package dev.caisson.front;

import java.time.Duration;

/**
 * How many exchanges may be under way at once.
 *
 * @param perSandbox with one sandbox, envd's included; the next one is answered 429
 * @param withSandboxes with all of them together; the next one is answered 503
 * @param controlPlane of the control plane; the next ones wait
 * @param waiting so many wait for the control plane at most; the next one is answered 429
 * @param patience how long they wait at most before they are answered 429
 * @param wakePatience how long a request waits for its paused sandbox before it is answered 409
 */
record FrontLimits(
        int perSandbox, int withSandboxes, int controlPlane, int waiting, Duration patience, Duration wakePatience) {
    /** What E2B's documents say of connections per sandbox ({@code contract/rest-api.md} §9.4). */
    private static final int PER_SANDBOX = 2500;

    /** What an idle relayed stream is reckoned with: its buffers on both sides and the stacks of its threads. */
    private static final long BYTES_PER_EXCHANGE = 48 * 1024;

    private static final int CONTROL_PLANE = 256;
    private static final int WAITING = 2048;

    /** Half of a client's usual budget of 60 s, so that its repeat still fits ({@code contract/rest-api.md} §15.2). */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** {@code contract/rest-api.md} §9.3. */
    private static final Duration WAKE_PATIENCE = Duration.ofMinutes(1);

    static FrontLimits ofHeap(long bytes) {
        return new FrontLimits(
                PER_SANDBOX, (int) Math.clamp(bytes / BYTES_PER_EXCHANGE, 1000, 100_000), CONTROL_PLANE, WAITING, PATIENCE,
                WAKE_PATIENCE);
    }
}
