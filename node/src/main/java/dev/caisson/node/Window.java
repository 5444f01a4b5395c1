package dev.caisson.node;

import java.time.Duration;
import java.time.Instant;

/**
 * Which samples are wanted: those at {@code from} or later and before {@code until}.
 *
 * @param step of the samples in the same step only one is given, with the largest of each figure; zero gives all
 */
public record Window(Instant from, Instant until, Duration step) {}
