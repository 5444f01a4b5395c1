package dev.caisson.guest;

import java.time.Duration;

/**
 * How long the host waits for the guest.
 *
 * @param connect for a TCP connection and the handshake
 * @param quick for the answer to an operation whose work is bounded
 * @param tree for the answer to one that walks folders or waits for a process to read its input
 * @param stall for the next piece of a transfer, in either direction
 */
record LinkTimeouts(Duration connect, Duration quick, Duration tree, Duration stall) {
    static final LinkTimeouts USUAL =
            new LinkTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(60));
}
