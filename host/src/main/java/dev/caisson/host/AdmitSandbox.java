package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;

/** Keeps the number of sandboxes within the machine's limit; from here on the sandbox can be killed. */
final class AdmitSandbox implements Step {
    private final Registry registry;
    private final int most;

    AdmitSandbox(Registry registry, int most) {
        this.registry = registry;
        this.most = most;
    }

    @Override
    public String name() {
        return "admit it";
    }

    @Override
    public void apply(Assembly assembly) {
        if (!registry.admit(assembly.sandbox(), most)) {
            throw new NodeException(
                    Category.EXHAUSTED,
                    "this machine's limit of " + most + " sandboxes is reached; end some of them or raise the limit");
        }
    }

    @Override
    public void undo(Assembly assembly) {
        registry.remove(assembly.sandbox());
    }
}
