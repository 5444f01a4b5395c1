package dev.caisson.node;

/** What became of one of the sandboxes that a fork was to make. */
public sealed interface ForkResult {
    record Made(SandboxInfo sandbox) implements ForkResult {}

    record Failed(NodeException why) implements ForkResult {}
}
