package dev.caisson.node;

import java.time.Duration;

/**
 * How to fork.
 *
 * @param count of new sandboxes, 1 to 100
 * @param timeout of each, counted from when it is ready
 */
public record ForkRequest(int count, Duration timeout) {}
