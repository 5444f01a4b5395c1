package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import dev.caisson.engine.Engine;
import dev.caisson.engine.ForkContract;

class GvisorForkTest extends ForkContract {
    @Override
    protected Engine open(Installation installation) {
        return TestBuild.engine(installation);
    }
}
