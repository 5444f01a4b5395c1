package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestAgent;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import java.util.function.BiConsumer;

/** The sandbox is found from here on; its deadline and its agent are watched. */
final class GoLive implements Step {
    private final Deadlines deadlines;
    private final Watchdog watchdog;
    private final BiConsumer<SandboxInfo, GuestAgent> tell;

    /** @param tell is told just before */
    GoLive(Deadlines deadlines, Watchdog watchdog, BiConsumer<SandboxInfo, GuestAgent> tell) {
        this.tell = tell;
        this.deadlines = deadlines;
        this.watchdog = watchdog;
    }

    @Override
    public String name() {
        return "let it be found";
    }

    @Override
    public void apply(Assembly assembly) {
        var info = assembly.journal().info();
        var running = new Phase.Running(info, assembly.engine(), assembly.agent());
        tell.accept(info, running.agent());
        assembly.restNoMore();
        if (!assembly.sandbox().run(running)) {
            throw new NodeException(Category.UNAVAILABLE, "it was ended while it started");
        }
        // Under the sandbox's lock: a kill that has begun already must not find the deadline set after it removed it.
        assembly.sandbox().update(now -> {
            deadlines.set(assembly.id(), now.info().deadline());
            return now;
        });
        watchdog.watch(assembly.sandbox(), running.agent());
    }

    @Override
    public void undo(Assembly assembly) {
        deadlines.remove(assembly.id());
    }
}
