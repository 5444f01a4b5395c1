package dev.caisson.host;

import dev.caisson.engine.Engine;
import dev.caisson.engine.SavedMemory;
import dev.caisson.host.journal.Journal;
import java.util.Map;
import java.util.function.Consumer;

/** Starts the isolated machine from its saved memory. From here on that memory does not fit the disk any more. */
final class RestoreEngine implements Step {
    private final Engine engine;
    private final GuestSpec spec;
    private final Consumer<Assembly> watch;

    /** @param watch is given the sandbox as soon as its engine can die */
    RestoreEngine(Engine engine, GuestSpec spec, Consumer<Assembly> watch) {
        this.engine = engine;
        this.spec = spec;
        this.watch = watch;
    }

    @Override
    public String name() {
        return "restore it";
    }

    @Override
    public void apply(Assembly assembly) {
        var from = assembly.journal().saved().orElseThrow();
        var memory = new SavedMemory(assembly.folder().memory(from.memory()), from.build());
        assembly.engine(engine.restore(spec.of(assembly, Map.of()), memory));
        assembly.outgrewRest(true);
        watch.accept(assembly);
        var journal = assembly.journal().with(new Journal.Phase.Restored(from, assembly.engine().handle()));
        assembly.folder().write(journal);
        assembly.journal(journal);
    }

    @Override
    public void undo(Assembly assembly) {
        StartEngine.takeAway(engine, assembly);
    }
}
