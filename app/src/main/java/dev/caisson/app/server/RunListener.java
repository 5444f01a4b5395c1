package dev.caisson.app.server;

import dev.caisson.envd.EnvdService;
import dev.caisson.front.Front;
import dev.caisson.guest.GuestAgent;
import dev.caisson.host.SandboxListener;
import dev.caisson.node.EndRecord;
import dev.caisson.node.SandboxInfo;

/** What the ways into sandboxes have to know of them: what is open with a run is cut off when that is over. */
record RunListener(EnvdService envd, Front front) implements SandboxListener {
    @Override
    public void pausing(SandboxInfo sandbox) {
        envd.standsStill(sandbox.id());
    }

    @Override
    public void goesOn(SandboxInfo sandbox) {
        envd.goesOn(sandbox.id());
    }

    @Override
    public void paused(SandboxInfo sandbox) {
        front.runEnded(sandbox.id());
    }

    @Override
    public void resumed(SandboxInfo sandbox, GuestAgent agent) {
        envd.goesOn(sandbox.id());
    }

    @Override
    public void ended(EndRecord end) {
        front.runEnded(end.id());
        envd.ended(end.id());
    }
}
