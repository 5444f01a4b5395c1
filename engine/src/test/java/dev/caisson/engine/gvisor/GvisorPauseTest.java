package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.PauseContract;

class GvisorPauseTest extends PauseContract {
    @Override
    protected Engine open(Installation installation) {
        return TestBuild.engine(installation);
    }
}
