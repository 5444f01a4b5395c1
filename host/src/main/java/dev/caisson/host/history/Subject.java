package dev.caisson.host.history;

import dev.caisson.engine.Usage;
import dev.caisson.node.SandboxInfo;
import java.util.function.Supplier;

/**
 * A running sandbox to look at.
 *
 * @param usage what it uses now; may fail if it has just ended
 * @param stillRuns asked after {@code usage}: what was read while a sandbox is taken apart counts for nothing
 */
public record Subject(SandboxInfo info, Supplier<Usage> usage, Supplier<Boolean> stillRuns) {}
