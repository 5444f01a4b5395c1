package dev.caisson.host;

import dev.caisson.host.journal.Journal;

/** Writes down for whom a standby is from here on, before its agent is told; where that is written already, nothing. */
final class WriteOwner implements Step {
    private final SandboxDescription description;

    WriteOwner(SandboxDescription description) {
        this.description = description;
    }

    @Override
    public String name() {
        return "write whose it is";
    }

    @Override
    public void apply(Assembly assembly) {
        if (assembly.journal().phase() instanceof Journal.Phase.Standby) {
            var order = assembly.order();
            var journal = assembly.journal().claimedAs(
                    description.info(assembly.id(), order), SandboxDescription.guest(order), order.request().lifecycle().onTimeout());
            assembly.folder().write(journal);
            assembly.journal(journal);
        }
    }
}
