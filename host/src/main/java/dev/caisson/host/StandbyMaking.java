package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.host.standby.StandbyConfig;
import dev.caisson.host.standby.StandbyKind;
import dev.caisson.host.standby.Standbys;
import dev.caisson.image.TemplateBuild;
import dev.caisson.node.EndCause;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes standbys: each on a thread of its own, which prepares a sandbox, waits for an order and then carries it out, or takes
 * apart what it made when something else comes first.
 */
final class StandbyMaking implements Standbys.Maker<Standby> {
    private final StandbyConfig config;
    private final HostConfig.Admission policy;
    private final Path sandboxes;
    private final Kinds kinds;
    private final LifeSteps steps;
    private final Turns turns;
    private final Assembler assembler;
    private final Endings endings;

    StandbyMaking(
            StandbyConfig config,
            HostConfig.Admission policy,
            Path sandboxes,
            Kinds kinds,
            LifeSteps steps,
            Turns turns,
            Assembler assembler,
            Endings endings) {
        this.config = config;
        this.policy = policy;
        this.sandboxes = sandboxes;
        this.kinds = kinds;
        this.steps = steps;
        this.turns = turns;
        this.assembler = assembler;
        this.endings = endings;
    }

    @Override
    public Optional<StandbyKind> first() {
        return kinds.first();
    }

    @Override
    public boolean isCurrent(StandbyKind kind) {
        return kinds.template(kind).isPresent();
    }

    @Override
    public boolean hasRoom(StandbyKind kind) {
        return steps.admit().hasRoomForStandby() && turns.hasPlenty(policy.expected(kind.limits().memoryBytes(), 0));
    }

    @Override
    public void retire(Standby standby) {
        var unused = endings.begin(standby.sandbox(), EndCause.REQUEST, "it is not needed any more");
    }

    @Override
    public void make(StandbyKind kind, Standbys<Standby> asker) {
        var template = kinds.template(kind);
        if (template.isEmpty()) {
            asker.failed(kind, "there is a newer build of its template");
            return;
        }
        var folder = SandboxFolder.of(sandboxes, SandboxId.random());
        var start = new CompletableFuture<Standby>();
        var thread = Thread.ofVirtual().name("standby-" + folder.id()).unstarted(() -> live(start.join(), kind, asker));
        start.complete(new Standby(sandbox(folder, thread, template.get())));
        thread.start();
    }

    private static Sandbox sandbox(SandboxFolder folder, Thread thread, TemplateBuild template) {
        var sandbox = new Sandbox(folder, new Phase.Starting(thread));
        sandbox.standby(true);
        sandbox.assembly().origin(new Origin.Template(template));
        return sandbox;
    }

    private void live(Standby standby, StandbyKind kind, Standbys<Standby> asker) {
        var assembly = standby.sandbox().assembly();
        var ready = new AtomicBoolean();
        Throwable over = new IllegalStateException("a defect of the server");
        try {
            var failure = assembler.build(standby.sandbox(), runner -> {
                runner.apply(steps.prepare(), assembly);
                steps.turn().giveBack(assembly);
                runner.run(assembly, Standby.WAIT, () -> {
                    ready.set(true);
                    assembly.order(offer(standby, kind, asker));
                    standby.sandbox().standby(false);
                });
                runner.apply(steps.claim(), assembly);
                standby.delivered(assembly.journal().info());
            });
            if (failure.isPresent()) {
                over = failure.get();
            }
        } finally {
            if (!ready.get()) {
                notMade(standby, kind, asker, over);
            }
            standby.over(over);
        }
    }

    private static void notMade(Standby standby, StandbyKind kind, Standbys<Standby> asker, Throwable why) {
        if (standby.sandbox().phase() instanceof Phase.Ending ending && ending.end().cause() == EndCause.REQUEST) {
            asker.withdrawn(kind);
        } else {
            asker.failed(kind, String.valueOf(why.getMessage()));
        }
    }

    private Assembly.Order offer(Standby standby, StandbyKind kind, Standbys<Standby> asker) {
        asker.made(kind, standby);
        try {
            return standby.await(config);
        } finally {
            // Before it is taken apart, which takes time in which somebody could take it.
            asker.lost(kind, standby);
        }
    }
}
