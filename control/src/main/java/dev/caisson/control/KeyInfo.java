package dev.caisson.control;

import java.time.Instant;
import java.util.Optional;

/** A stored key, without its secret. */
public record KeyInfo(String id, String teamId, String name, KeyMask mask, Instant created, Optional<Instant> lastUsed) {}
