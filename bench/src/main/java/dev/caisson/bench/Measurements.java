package dev.caisson.bench;

import dev.caisson.app.client.ClientException;
import dev.caisson.base.Category;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** What is measured; one client, closed loop, Caisson and the bare tool in turns. */
final class Measurements {
    private static final int WARM_UP = 3;
    private final Sandboxes sandboxes;
    private final BareTool bare;
    private final int rounds;
    private final int idle;
    private final Slots slots;

    /** @param idle how many sandboxes do nothing where that is measured */
    Measurements(Sandboxes sandboxes, BareTool bare, Slots slots, int rounds, int idle) {
        this.sandboxes = sandboxes;
        this.bare = bare;
        this.slots = slots;
        this.rounds = rounds;
        this.idle = idle;
    }

    /** What can be measured by itself. */
    enum Part { LIFECYCLE, BURST, SUSTAINED, COMMANDS, SHELL, FILES, PORTS, PAUSE, SNAPSHOT, FORK, ROLLBACK, IDLE }

    /** Something of a part that a server which is older may refuse. */
    interface SavedState {
        void measure() throws Exception;
    }

    Findings of(Collection<Part> parts) throws Exception {
        var rows = new ArrayList<Row>();
        var figures = new ArrayList<Figure>();
        var refused = new ArrayList<String>();
        var load = new LoadMeasurements(sandboxes, bare);
        for (var part : parts) {
            switch (part) {
                case LIFECYCLE -> rows.addAll(new LifecycleMeasurements(sandboxes, bare, rounds).all());
                case BURST -> rows.addAll(List.of(load.burst(50), load.burst(100)));
                case SUSTAINED -> rows.add(load.sustained());
                case COMMANDS -> rows.addAll(commands());
                case SHELL -> rows.add(loginShell());
                case FILES -> rows.addAll(files());
                case PORTS -> rows.addAll(ports());
                case PAUSE -> unlessRefused(part, refused, () -> rows.addAll(new PauseMeasurements(sandboxes, bare, rounds).all()));
                case SNAPSHOT -> unlessRefused(part, refused, () -> rows.addAll(new SnapshotMeasurements(sandboxes, bare, rounds).all()));
                case FORK -> unlessRefused(part, refused, () -> rows.addAll(new ForkMeasurements(sandboxes, bare, rounds).all()));
                case ROLLBACK -> unlessRefused(part, refused, () -> rows.addAll(new RollbackMeasurements(sandboxes, bare, rounds).all()));
                case IDLE -> unlessRefused(part, refused, new IdleMeasurements(sandboxes, slots.installation(), idle, figures::add)::all);
            }
        }
        return new Findings(rows, figures, refused);
    }

    /** A server that does not know a call says {@code 404}, one that cannot do it {@code 501}. */
    static void unlessRefused(Part part, List<String> refused, SavedState measurement) throws Exception {
        try {
            measurement.measure();
        } catch (ClientException e) {
            if (e.category() != Category.NOT_FOUND && e.category() != Category.UNSUPPORTED) {
                throw e;
            }
            refused.add(part.name().toLowerCase(Locale.ROOT) + ": not measured to the end, the server refuses: " + e.getMessage());
        }
    }

    /** The tool's own start-up, as long as its {@code --version}, is taken off what a bare exec takes. */
    private List<Row> commands() throws Exception {
        var exec = new Samples();
        var bareExec = new Samples();
        var sandbox = sandboxes.create();
        try (var tool = bare.prepare()) {
            bare.start(tool);
            for (var round = -WARM_UP; round < rounds; round++) {
                var began = System.nanoTime();
                sandboxes.run(sandbox, "/bin/true");
                var ended = System.nanoTime();
                bare.version();
                var started = System.nanoTime();
                tool.exec("/bin/true");
                var executed = System.nanoTime();
                if (round >= 0) {
                    exec.add((ended - began) / 1e6);
                    bareExec.add((executed - started - (started - ended)) / 1e6);
                }
            }
        } finally {
            sandboxes.delete(sandbox);
        }
        return List.of(Row.of("/bin/true by Process.Start, against exec less --version", exec, bareExec));
    }

    /** Every process that the log-in profile spawns would show here. Both sides are Caisson's. */
    private Row loginShell() {
        var login = new Samples();
        var plain = new Samples();
        var sandbox = sandboxes.create();
        try {
            for (var round = -WARM_UP; round < rounds; round++) {
                var began = System.nanoTime();
                sandboxes.run(sandbox, "/bin/bash", "-l", "-c", "true");
                var logged = System.nanoTime();
                sandboxes.run(sandbox, "/bin/bash", "-c", "true");
                var ended = System.nanoTime();
                if (round >= 0) {
                    login.add((logged - began) / 1e6);
                    plain.add((ended - logged) / 1e6);
                }
            }
        } finally {
            sandboxes.delete(sandbox);
        }
        return Row.of("bash -l -c true, against bash -c true (both by Process.Start)", login, plain);
    }

    private List<Row> files() throws Exception {
        var sandbox = sandboxes.create();
        try (var tool = bare.prepare()) {
            bare.start(tool);
            PortService.start(sandbox, command -> sandboxes.run(sandbox, command));
            return new FileMeasurements(sandbox, tool, slots.addressOf(sandbox.id())).all();
        } finally {
            sandboxes.delete(sandbox);
        }
    }

    private List<Row> ports() throws Exception {
        var sandbox = sandboxes.create();
        try {
            PortService.start(sandbox, command -> sandboxes.run(sandbox, command));
            return new PortMeasurements(slots.server(), sandbox, slots.addressOf(sandbox.id()), rounds).all();
        } finally {
            sandboxes.delete(sandbox);
        }
    }
}
