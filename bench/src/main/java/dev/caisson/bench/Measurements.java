package dev.caisson.bench;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ProcessOutput;
import dev.caisson.app.client.ProcessStart;
import dev.caisson.app.client.RemoteSandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is measured; one client, closed loop, Caisson and the bare tool in turns. */
final class Measurements {
    private static final int WARM_UP = 3;
    private static final Duration LIFE = Duration.ofMinutes(30);
    private final ApiClient api;
    private final BareTool bare;
    private final int rounds;

    private final Slots slots;

    Measurements(ApiClient api, BareTool bare, Slots slots, int rounds) {
        this.api = api;
        this.bare = bare;
        this.slots = slots;
        this.rounds = rounds;
    }

    /** What can be measured by itself. */
    enum Part { LIFECYCLE, COMMANDS, SHELL, FILES, PORTS }

    List<Row> of(Collection<Part> parts) throws Exception {
        var rows = new ArrayList<Row>();
        for (var part : parts) {
            rows.addAll(switch (part) {
                case LIFECYCLE -> lifecycle();
                case COMMANDS -> commands();
                case SHELL -> List.of(loginShell());
                case FILES -> files();
                case PORTS -> ports();
            });
        }
        return rows;
    }

    private List<Row> lifecycle() throws Exception {
        var create = new Samples();
        var first = new Samples();
        var kill = new Samples();
        var bareStart = new Samples();
        var bareFirst = new Samples();
        var bareDelete = new Samples();
        for (var round = -WARM_UP; round < rounds; round++) {
            var counts = round >= 0;
            var began = System.nanoTime();
            var sandbox = create();
            var created = System.nanoTime();
            run(sandbox, "/bin/echo", "hello");
            var answered = System.nanoTime();
            api.delete("/sandboxes/" + sandbox.id());
            var killed = System.nanoTime();
            var tool = bare.prepare();
            var bareBegan = System.nanoTime();
            bare.start(tool);
            var bareCreated = System.nanoTime();
            tool.exec("/bin/echo", "hello");
            var bareAnswered = System.nanoTime();
            tool.close();
            var bareKilled = System.nanoTime();
            if (counts) {
                create.add((created - began) / 1e6);
                first.add((answered - began) / 1e6);
                kill.add((killed - answered) / 1e6);
                bareStart.add((bareCreated - bareBegan) / 1e6);
                bareFirst.add((bareAnswered - bareBegan) / 1e6);
                bareDelete.add((bareKilled - bareAnswered) / 1e6);
            }
        }
        return List.of(
                Row.of("create, request to answer, against run --detach", create, bareStart),
                Row.of("create to first command finished, against run + exec", first, bareFirst),
                Row.of("kill, against delete and unmounting", kill, bareDelete));
    }

    /** The tool's own start-up, as long as its {@code --version}, is taken off what a bare exec takes. */
    private List<Row> commands() throws Exception {
        var exec = new Samples();
        var bareExec = new Samples();
        var sandbox = create();
        try (var tool = bare.prepare()) {
            bare.start(tool);
            for (var round = -WARM_UP; round < rounds; round++) {
                var began = System.nanoTime();
                run(sandbox, "/bin/true");
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
            api.delete("/sandboxes/" + sandbox.id());
        }
        return List.of(Row.of("/bin/true by Process.Start, against exec less --version", exec, bareExec));
    }

    /** Every process that the log-in profile spawns would show here. Both sides are Caisson's. */
    private Row loginShell() {
        var login = new Samples();
        var plain = new Samples();
        var sandbox = create();
        try {
            for (var round = -WARM_UP; round < rounds; round++) {
                var began = System.nanoTime();
                run(sandbox, "/bin/bash", "-l", "-c", "true");
                var logged = System.nanoTime();
                run(sandbox, "/bin/bash", "-c", "true");
                var ended = System.nanoTime();
                if (round >= 0) {
                    login.add((logged - began) / 1e6);
                    plain.add((ended - logged) / 1e6);
                }
            }
        } finally {
            api.delete("/sandboxes/" + sandbox.id());
        }
        return Row.of("bash -l -c true, against bash -c true (both by Process.Start)", login, plain);
    }

    private List<Row> files() throws Exception {
        var sandbox = create();
        try (var tool = bare.prepare()) {
            bare.start(tool);
            PortService.start(sandbox, command -> run(sandbox, command));
            return new FileMeasurements(sandbox, tool, slots.addressOf(sandbox.id())).all();
        } finally {
            api.delete("/sandboxes/" + sandbox.id());
        }
    }

    private List<Row> ports() throws Exception {
        var sandbox = create();
        try {
            PortService.start(sandbox, command -> run(sandbox, command));
            return new PortMeasurements(slots.server(), sandbox, slots.addressOf(sandbox.id()), rounds).all();
        } finally {
            api.delete("/sandboxes/" + sandbox.id());
        }
    }

    private RemoteSandbox create() {
        return api.create("base", Optional.of(LIFE), Map.of());
    }

    private static void run(RemoteSandbox sandbox, String... command) {
        var start = new ProcessStart(List.of(command), Map.of(), Optional.empty(), Optional.empty(), false, Optional.empty());
        var exit = sandbox.run(start, new ProcessOutput() {
            @Override
            public void started(int pid) {}

            @Override
            public void stdout(byte[] data) {}

            @Override
            public void stderr(byte[] data) {}
        });
        if (exit != 0) {
            throw new IllegalStateException(String.join(" ", command) + " exited with " + exit);
        }
    }
}
