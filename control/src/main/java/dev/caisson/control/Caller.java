package dev.caisson.control;

/**
 * Who a key belongs to.
 *
 * @param keyId which of the team's keys it is
 */
public record Caller(Team team, String keyId) {}
