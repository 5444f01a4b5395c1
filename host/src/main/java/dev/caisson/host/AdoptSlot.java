package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;

/**
 * After a restart of the server: no sandbox without its slot. The pool was asked to keep the slots of all of them at once,
 * before the first was looked at ({@link Recovery}).
 */
final class AdoptSlot implements Step {
    @Override
    public String name() {
        return "keep its slot";
    }

    @Override
    public void apply(Assembly assembly) {
        if (assembly.anySlot().isEmpty()) {
            throw new NodeException(
                    Category.NOT_FOUND, "network slot " + assembly.journal().slot() + " no longer exists on this machine");
        }
    }
}
