package dev.caisson.engine;

/**
 * How a sandbox ended.
 *
 * @param cause for people and for the record: {@code exited with status 0}, {@code killed}, {@code out of memory}
 */
public record Exit(String cause) {}
