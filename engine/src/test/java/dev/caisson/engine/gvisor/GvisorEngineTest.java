package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EngineContract;
import java.nio.file.Path;

/** gVisor passes the contract. The build to test is named by the environment variable {@code CAISSON_TEST_RUNSC}. */
class GvisorEngineTest extends EngineContract {
    static Path build() {
        var folder = System.getenv("CAISSON_TEST_RUNSC");
        if (folder == null) {
            throw new IllegalStateException("set CAISSON_TEST_RUNSC to the folder of a gVisor build, as `./caisson test` does");
        }
        return Path.of(folder);
    }

    @Override
    protected Engine open(Installation installation) {
        return new GvisorEngine(installation, build(), GvisorConfig.standard());
    }
}
