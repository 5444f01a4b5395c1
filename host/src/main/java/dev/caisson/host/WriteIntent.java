package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import dev.caisson.image.ContentHash;

/** Writes down what is about to be started and for whom, if for anybody, before the engine makes anything. */
final class WriteIntent implements Step {
    private final SandboxDescription description;
    private final ContentHash agentLayer;
    private final String bootId;

    WriteIntent(SandboxDescription description, ContentHash agentLayer, String bootId) {
        this.description = description;
        this.agentLayer = agentLayer;
        this.bootId = bootId;
    }

    @Override
    public String name() {
        return "write its journal";
    }

    @Override
    public void apply(Assembly assembly) {
        var order = assembly.anyOrder().orElseGet(() -> SandboxDescription.ofNobody(assembly.origin()));
        var journal = new Journal(
                Journal.FORMAT, bootId, description.info(assembly.id(), order), assembly.slot().number(),
                order.origin().layers(agentLayer), LinkKeys.BOOT, SandboxDescription.guest(order), order.request().lifecycle().onTimeout(),
                assembly.sandbox().isStandby() ? new Journal.Phase.Standby() : new Journal.Phase.Starting());
        assembly.folder().write(journal);
        assembly.journal(journal);
    }

    /** Of a sandbox that is to rest: its engine's part is gone, its slot is about to be. */
    @Override
    public void undo(Assembly assembly) {
        WriteResuming.writeReleased(assembly);
    }
}
