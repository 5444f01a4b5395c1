package dev.caisson.host;

import dev.caisson.host.journal.Journal;

/**
 * Writes down that a paused sandbox is about to run, before anything of it does: after a power cut nobody shall believe that
 * what was saved of its memory still fits its disk. Taken back by writing what it rests as.
 */
final class WriteResuming implements Step {
    private final String bootId;

    WriteResuming(String bootId) {
        this.bootId = bootId;
    }

    @Override
    public String name() {
        return "write that it is resumed";
    }

    @Override
    public void apply(Assembly assembly) {
        var journal = assembly.journal().placed(bootId, assembly.slot().number());
        var resuming = journal.with(new Journal.Phase.Resuming(journal.saved().orElseThrow()));
        assembly.folder().writeFlushed(resuming);
        assembly.journal(resuming);
    }

    @Override
    public void undo(Assembly assembly) {
        writeReleased(assembly);
    }

    /** What it ran as is gone, and its slot is about to be somebody else's. Does nothing for one that is to end. */
    static void writeReleased(Assembly assembly) {
        assembly.rest().ifPresent(rest -> {
            var journal = rest.with(rest.saved().orElseThrow().gone());
            assembly.folder().writeFlushed(journal);
            assembly.journal(journal);
            assembly.restAs(journal, true);
        });
    }
}
