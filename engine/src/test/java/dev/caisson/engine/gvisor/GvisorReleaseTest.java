package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.ReleaseContract;

class GvisorReleaseTest extends ReleaseContract {
    @Override
    protected Engine open(Installation installation) {
        return TestBuild.engine(installation);
    }
}
