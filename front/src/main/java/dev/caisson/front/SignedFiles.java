package dev.caisson.front;

import dev.caisson.base.SandboxId;
import java.util.Optional;

/** Finds the sandbox that a signed file link means when the link names none. Safe for use by many threads. */
@FunctionalInterface
public interface SignedFiles {
    /** The live sandbox whose token made the signature ({@code contract/rest-api.md} §14). */
    Optional<SandboxId> find(String method, String rawPath, String rawQuery);
}
