package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.Pause;

/**
 * Writes down what is saved, so that it survives a power cut. From here on the sandbox is paused: what runs of it is only to be
 * taken away.
 */
final class WritePaused implements Step {
    @Override
    public String name() {
        return "write that it is paused";
    }

    @Override
    public void apply(Assembly assembly) {
        var saving = assembly.saving();
        var engine = assembly.engine().handle();
        var saved = new Pause(saving.savesMemory() ? Pause.Saved.MEMORY : Pause.Saved.FILES, assembly.agentAnswers());
        var journal = saving.of()
                .with(saving.of().info().pausedAt(saving.since(), saved))
                .placed(engine.bootId(), assembly.slot().number())
                .with(new Journal.Phase.Paused(engine.build(), saving.memory(), false, keyRun(saving.of()), false));
        assembly.folder().writeFlushed(journal);
        assembly.journal(journal);
        assembly.restAs(journal, true);
    }

    @Override
    public void undo(Assembly assembly) {
        var before = assembly.saving().before();
        // It may have been written although that failed.
        if (!assembly.folder().read().equals(new SandboxFolder.Reading.Read(before))) {
            assembly.folder().write(before);
        }
        assembly.journal(before);
        assembly.restNoMore();
    }

    /** A resume that failed may not have come to tell the agent its next key. */
    private static int keyRun(Journal of) {
        return of.saved().map(Journal.Phase.Paused::keyRun).orElse(of.info().run());
    }
}
