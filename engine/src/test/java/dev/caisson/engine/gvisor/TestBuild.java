package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import java.nio.file.Path;

/** The build of gVisor that tests use, and the engine on it. */
final class TestBuild {
    private TestBuild() {}

    static Path folder() {
        var build = System.getProperty("caisson.engine.build");
        var seed = System.getProperty("caisson.data.seed");
        if (build == null && seed == null) {
            throw new IllegalStateException("this test needs -Dcaisson.data.seed, as `./caisson test` gives it, or -Dcaisson.engine.build");
        }
        return build == null ? Path.of(seed, "engines/gvisor/current") : Path.of(build);
    }

    static Engine engine(Installation installation) {
        return new GvisorEngine(installation, folder(), GvisorConfig.standard());
    }
}
