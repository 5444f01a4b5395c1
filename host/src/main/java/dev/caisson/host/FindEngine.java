package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.engine.Engine;
import dev.caisson.node.NodeException;
import java.util.function.Consumer;

/** After a restart of the server: finds the process that the journal names. */
final class FindEngine implements Step {
    static final String NAME = "find its process";
    static final String GONE = "it ended while the server was not running";

    private final Engine engine;
    private final Consumer<Assembly> watch;

    FindEngine(Engine engine, Consumer<Assembly> watch) {
        this.engine = engine;
        this.watch = watch;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(Assembly assembly) {
        var found = assembly.journal().engine().flatMap(engine::find);
        assembly.engine(found.orElseThrow(() -> new NodeException(Category.NOT_FOUND, GONE)));
        watch.accept(assembly);
    }
}
