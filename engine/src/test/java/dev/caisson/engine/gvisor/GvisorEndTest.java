package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.EndContract;

class GvisorEndTest extends EndContract {
    @Override
    protected Engine open(Installation installation) {
        return TestBuild.engine(installation);
    }
}
