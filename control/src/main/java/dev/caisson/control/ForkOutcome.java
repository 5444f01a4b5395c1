package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.node.SandboxInfo;

/** What became of one sandbox that a fork was to make. */
public sealed interface ForkOutcome {
    record Made(SandboxInfo sandbox) implements ForkOutcome {}

    record Failed(CaissonException why) implements ForkOutcome {}
}
