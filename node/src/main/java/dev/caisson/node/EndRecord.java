package dev.caisson.node;

import dev.caisson.base.SandboxId;
import java.time.Instant;

/** How a sandbox ended. {@code detail} is for people. */
public record EndRecord(SandboxId id, String owner, Instant when, EndCause cause, String detail) {}
