package dev.caisson.host;

import dev.caisson.engine.Engine;
import dev.caisson.engine.SavedMemory;
import java.util.Map;
import java.util.function.Consumer;

/** Lets a new sandbox go on from the memory of another one. */
final class RestoreCopy implements Step {
    private final Engine engine;
    private final GuestSpec spec;
    private final Consumer<Assembly> watch;

    /** @param watch is given the sandbox as soon as its engine can die */
    RestoreCopy(Engine engine, GuestSpec spec, Consumer<Assembly> watch) {
        this.engine = engine;
        this.spec = spec;
        this.watch = watch;
    }

    @Override
    public String name() {
        return "let it go on from a saved memory";
    }

    @Override
    public void apply(Assembly assembly) {
        var state = assembly.saved().state();
        var memory = new SavedMemory(state.memory(), state.manifest().machine().build());
        assembly.engine(engine.restore(spec.of(assembly, Map.of()), memory));
        watch.accept(assembly);
    }

    @Override
    public void undo(Assembly assembly) {
        StartEngine.takeAway(engine, assembly);
    }
}
