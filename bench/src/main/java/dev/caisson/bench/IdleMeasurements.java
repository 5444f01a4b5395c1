package dev.caisson.bench;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.MachineName;
import dev.caisson.linux.ControlGroups;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** What sandboxes cost that do nothing, first running, then paused; and what the server costs. */
final class IdleMeasurements {
    private static final int AT_ONCE = 4;
    private static final Duration BEFORE = Duration.ofSeconds(5);
    private static final Duration STRETCH = Duration.ofSeconds(20);

    private final Sandboxes sandboxes;
    private final Installation installation;
    private final int most;
    private final ProcReadings proc = new ProcReadings(Path.of("/proc"));
    private final Consumer<Figure> figures;

    /**
     * @param most so many are made, unless the server takes no more
     * @param figures is given each as soon as it is there: those before the pause stay where a server cannot pause
     */
    IdleMeasurements(Sandboxes sandboxes, Installation installation, int most, Consumer<Figure> figures) {
        this.sandboxes = sandboxes;
        this.installation = installation;
        this.most = most;
        this.figures = figures;
    }

    void all() throws Exception {
        read("without sandboxes of this measurement");
        add("machine busy, without sandboxes of this measurement, " + BEFORE.toSeconds() + " s", busy(BEFORE), "%");
        var made = new ArrayList<RemoteSandbox>();
        try {
            var why = make(made);
            add("idle sandboxes made" + why, made.size(), "");
            read("with them idle");
            add("private memory of each, average", made.stream().mapToDouble(this::privateMemory).average().orElse(0), "MiB");
            add("machine busy, with them idle, " + STRETCH.toSeconds() + " s", busy(STRETCH), "%");
            pause(made);
            read("with them paused");
        } finally {
            Parallel.each(AT_ONCE, made.stream().<Parallel.Action>map(sandbox -> () -> sandboxes.delete(sandbox)).toList());
        }
    }

    /** Returns why there are less than asked for, if there are. */
    private String make(List<RemoteSandbox> made) throws Exception {
        var why = new StringBuilder();
        Parallel.each(AT_ONCE, Collections.<Parallel.Action>nCopies(most, () -> {
            synchronized (made) {
                if (!why.isEmpty()) {
                    return;
                }
            }
            try {
                var sandbox = sandboxes.create();
                synchronized (made) {
                    made.add(sandbox);
                }
            } catch (ClientException e) {
                if (e.category() != Category.EXHAUSTED) {
                    throw e;
                }
                synchronized (made) {
                    why.setLength(0);
                    why.append(", then the server said: ").append(e.getMessage());
                }
            }
        }));
        return why.toString();
    }

    /** The first alone: a server that cannot do it says so there. */
    private void pause(List<RemoteSandbox> made) throws Exception {
        if (made.isEmpty()) {
            return;
        }
        pause(made.getFirst());
        Parallel.each(AT_ONCE, made.stream().skip(1).<Parallel.Action>map(sandbox -> () -> pause(sandbox)).toList());
    }

    private void pause(RemoteSandbox sandbox) {
        sandboxes.states().pause(sandbox.id(), true, false);
    }

    /** Standbys are counted too: they cost what a sandbox does. */
    private void read(String when) {
        sandboxes.awaitStandbys();
        add("MemAvailable, " + when, proc.available(), "MiB");
        add("standbys ready, " + when, sandboxes.readyStandbys(), "");
        add("server resident, " + when, proc.resident(sandboxes.serverPid()), "MiB");
    }

    private double privateMemory(RemoteSandbox sandbox) {
        var group = "/" + installation.name() + "/gvisor/" + MachineName.of(new SandboxId(sandbox.id()));
        return ControlGroups.ofThisMachine().members(group).stream().mapToDouble(proc::privateMemory).sum();
    }

    /** The share of all processors that is used while nothing is asked for, in per cent. */
    private double busy(Duration stretch) {
        var before = proc.ticks();
        var until = System.nanoTime() + stretch.toNanos();
        for (var left = stretch.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return proc.ticks().percentSince(before);
    }

    private void add(String what, double value, String unit) {
        figures.accept(new Figure(what, value, unit));
    }
}
