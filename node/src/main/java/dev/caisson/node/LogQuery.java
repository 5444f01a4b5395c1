package dev.caisson.node;

import java.time.Instant;

/**
 * Which lines of a log are wanted: at {@code from} or later, before {@code until}.
 *
 * @param newestFirst whether the newest lines are given, newest first; otherwise the oldest, oldest first
 * @param limit the most lines
 * @param least the lowest level
 * @param search what the message must contain, case counting; empty for any
 */
public record LogQuery(Instant from, Instant until, boolean newestFirst, int limit, LogLevel least, String search) {}
