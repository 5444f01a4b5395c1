package dev.caisson.control;

import java.time.Duration;

/**
 * Who sandboxes belong to.
 *
 * @param id a UUID
 * @param name for people
 * @param slug namespace of its templates, {@code [a-z0-9-]+}
 * @param maxSandboxes how many may run at once
 * @param maxLength how long one run may last
 */
public record Team(String id, String name, String slug, int maxSandboxes, Duration maxLength) {}
