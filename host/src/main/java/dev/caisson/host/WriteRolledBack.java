package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.Pause;

/**
 * Writes down that the sandbox is paused at a checkpoint. From here on that is what it is, whatever happens: what it was before
 * is only to be taken away.
 */
final class WriteRolledBack implements Step {
    @Override
    public String name() {
        return "write that it is back at a checkpoint";
    }

    @Override
    public void apply(Assembly assembly) {
        var rollback = assembly.rollback();
        var to = rollback.to().manifest();
        var before = rollback.before();
        var released = before.saved().map(Journal.Phase.Paused::released).orElse(false);
        var journal = before
                .with(before.info().pausedAt(rollback.since(), new Pause(Pause.Saved.MEMORY, true)))
                .over(to.layers())
                .withLinkKey(to.link().rotation())
                .with(new Journal.Phase.Paused(to.machine().build(), rollback.memory(), released, to.link().run(), true));
        assembly.folder().writeFlushed(journal);
        assembly.journal(journal);
        assembly.restAs(journal, true);
    }

    @Override
    public void undo(Assembly assembly) {
        var before = assembly.rollback().before();
        // It may have been written although that failed.
        if (!assembly.folder().read().equals(new SandboxFolder.Reading.Read(before))) {
            write(assembly, before);
        }
        assembly.journal(before);
        if (before.saved().isPresent()) {
            assembly.restAs(before, true);
        } else {
            assembly.restNoMore();
        }
    }

    /** A pause survives a power cut, also one that is written again. */
    private static void write(Assembly assembly, Journal before) {
        if (before.saved().isPresent()) {
            assembly.folder().writeFlushed(before);
        } else {
            assembly.folder().write(before);
        }
    }
}
