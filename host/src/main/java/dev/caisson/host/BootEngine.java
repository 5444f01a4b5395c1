package dev.caisson.host;

import dev.caisson.engine.Engine;
import dev.caisson.host.journal.Journal;

/** Starts the isolated machine of a paused sandbox from its files. From here on there are only those. */
final class BootEngine implements Step {
    private final StartEngine start;
    private final Engine engine;

    BootEngine(StartEngine start, Engine engine) {
        this.start = start;
        this.engine = engine;
    }

    @Override
    public String name() {
        return "boot it from its files";
    }

    @Override
    public void apply(Assembly assembly) {
        var resuming = assembly.journal();
        var build = engine.info();
        assembly.journal(resuming
                .with(resuming.info().inRun(resuming.info().run() + 1, build.name() + " " + build.build()))
                .withLinkKey(LinkKeys.BOOT));
        start.apply(assembly);
        var rest = Rests.withFilesOnly(resuming);
        assembly.restAs(rest, false);
        assembly.folder().write(
                rest.with(new Journal.Phase.Restored(rest.saved().orElseThrow(), assembly.engine().handle())));
        assembly.restAs(rest, true);
    }

    @Override
    public void undo(Assembly assembly) {
        start.undo(assembly);
    }
}
