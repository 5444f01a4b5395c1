package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import java.time.InstantSource;

/** Writes down that the sandbox runs, as which process and until when. From here on a restart of the server adopts it. */
final class WriteOutcome implements Step {
    private final InstantSource clock;

    WriteOutcome(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "complete its journal";
    }

    @Override
    public void apply(Assembly assembly) {
        var ready = clock.instant();
        var journal = assembly.journal()
                .startedAt(ready, ready.plus(assembly.order().request().timeout()))
                .with(new Journal.Phase.Running(assembly.engine().handle()));
        assembly.folder().write(journal);
        assembly.journal(journal);
    }
}
