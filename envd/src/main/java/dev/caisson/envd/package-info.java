/**
 * E2B's in-sandbox protocol, spoken on the host over the link ({@code contract/envd.md}).
 *
 * <p>Comes in: requests that {@code front} found to be for a sandbox's port 49983, or a signed file link. Goes out: answers
 * as the daemon inside would give them; the work itself is done by the sandbox's agent. Always holds: tokens and signatures
 * are checked here and never sent inside; nothing about a sandbox is kept here that a restart would lose, except the timers
 * that end processes at their deadline; a client that leaves never ends a process.
 */
@NullMarked
package dev.caisson.envd;

import org.jspecify.annotations.NullMarked;
