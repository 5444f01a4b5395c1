package dev.caisson.host;

import dev.caisson.engine.Engine;
import dev.caisson.host.journal.Journal;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;

/** Starts the isolated machine with the agent as its first process. */
final class StartEngine implements Step {
    private final Engine engine;
    private final GuestSpec spec;
    private final LinkKeys keys;
    private final Consumer<Assembly> watch;

    /** @param watch is given the sandbox as soon as its engine can die */
    StartEngine(Engine engine, GuestSpec spec, LinkKeys keys, Consumer<Assembly> watch) {
        this.engine = engine;
        this.spec = spec;
        this.keys = keys;
        this.watch = watch;
    }

    @Override
    public String name() {
        return "start it";
    }

    @Override
    public void apply(Assembly assembly) {
        var key = keys.key(assembly.id(), assembly.journal().info().run(), LinkKeys.BOOT);
        assembly.engine(engine.start(spec.of(assembly, Map.of("CAISSON_LINK_KEY", HexFormat.of().formatHex(key)))));
        watch.accept(assembly);
    }

    @Override
    public void undo(Assembly assembly) {
        takeAway(engine, assembly);
    }

    /** What a sandbox runs as is taken away: with what its disk has not written yet, unless the sandbox is to rest. */
    static void takeAway(Engine engine, Assembly assembly) {
        assembly.leaveEngine();
        if (assembly.rest().flatMap(Journal::saved).filter(saved -> !saved.freshDisk()).isPresent()) {
            engine.release(assembly.machine());
        } else {
            engine.remove(assembly.machine());
        }
    }
}
