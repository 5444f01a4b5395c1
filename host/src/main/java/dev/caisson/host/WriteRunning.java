package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import java.time.InstantSource;

/** Writes down that the sandbox runs again. From here on what was saved of it is history. */
final class WriteRunning implements Step {
    private final InstantSource clock;

    WriteRunning(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "write that it runs again";
    }

    @Override
    public void apply(Assembly assembly) {
        var ready = clock.instant();
        var journal = assembly.journal();
        var running = journal
                .startedAt(ready, ready.plus(assembly.life()))
                .atDeadline(assembly.wanted().onTimeout().orElse(journal.info().lifecycle().onTimeout()))
                .with(new Journal.Phase.Running(assembly.engine().handle()));
        assembly.folder().write(running);
        assembly.journal(running);
    }
}
