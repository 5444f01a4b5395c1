package dev.caisson.host;

import dev.caisson.guest.GuestAgent;
import dev.caisson.node.EndRecord;
import dev.caisson.node.SandboxInfo;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is told what becomes of sandboxes; the failure of one concerns neither the sandbox nor the others. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<SandboxListener> all = new CopyOnWriteArrayList<>();

    void add(SandboxListener listener) {
        all.add(listener);
    }

    void running(SandboxInfo sandbox, GuestAgent agent) {
        tell(listener -> listener.running(sandbox, agent));
    }

    void pausing(SandboxInfo sandbox) {
        tell(listener -> listener.pausing(sandbox));
    }

    void goesOn(SandboxInfo sandbox) {
        tell(listener -> listener.goesOn(sandbox));
    }

    void paused(SandboxInfo sandbox) {
        tell(listener -> listener.paused(sandbox));
    }

    void resumed(SandboxInfo sandbox, GuestAgent agent) {
        tell(listener -> listener.resumed(sandbox, agent));
    }

    void ended(EndRecord end) {
        tell(listener -> listener.ended(end));
    }

    private void tell(Consumer<SandboxListener> what) {
        for (var listener : all) {
            try {
                what.accept(listener);
            } catch (RuntimeException | Error e) {
                LOG.error("a listener failed: {}", listener, e);
            }
        }
    }
}
