package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Eight forks of an idle sandbox until all have answered a command, in turns with as many bare restores. */
final class ForkMeasurements {
    private static final int COUNT = 8;
    private static final int BARE_AT_ONCE = 4;
    private static final Duration LIFE = Duration.ofMinutes(10);

    private final Sandboxes sandboxes;
    private final BareTool bare;
    private final int rounds;

    ForkMeasurements(Sandboxes sandboxes, BareTool bare, int rounds) {
        this.sandboxes = sandboxes;
        this.bare = bare;
        this.rounds = Rounds.tenth(rounds);
    }

    List<Row> all() throws Exception {
        var ours = new Samples();
        var theirs = new Samples();
        var image = bare.nextImage();
        var sandbox = sandboxes.create();
        try {
            try (var tool = bare.prepare()) {
                bare.start(tool);
                tool.checkpoint(image);
            }
            for (var round = -1; round < rounds; round++) {
                sandboxes.awaitStandbys();
                var fork = fork(sandbox.id());
                sandboxes.awaitStandbys();
                var restores = restores(image);
                if (round >= 0) {
                    ours.add(fork);
                    theirs.add(restores);
                }
            }
        } finally {
            sandboxes.delete(sandbox);
            Folders.remove(image);
        }
        return List.of(Row.of(
                "fork x " + COUNT + " until all have answered a command, against " + COUNT + " times restore + exec, " + BARE_AT_ONCE + " at a time", ours, theirs));
    }

    private double fork(String sandbox) throws Exception {
        var children = new ArrayList<RemoteSandbox>();
        try {
            var began = System.nanoTime();
            var failures = new ArrayList<String>();
            sandboxes.states().fork(sandbox, COUNT, LIFE).forEach(child -> {
                if (child.has("sandbox")) {
                    children.add(sandboxes.reach(child.path("sandbox")));
                } else {
                    failures.add(child.path("error").toString());
                }
            });
            if (children.size() != COUNT) {
                throw new IllegalStateException(children.size() + " of " + COUNT + " forks came up: " + failures);
            }
            Parallel.each(COUNT, children.stream().<Parallel.Action>map(child -> () -> sandboxes.run(child, "/bin/true")).toList());
            return (System.nanoTime() - began) / 1e6;
        } finally {
            Parallel.each(BARE_AT_ONCE, children.stream().<Parallel.Action>map(child -> () -> sandboxes.delete(child)).toList());
        }
    }

    private double restores(Path image) throws Exception {
        var prepared = new ArrayList<BareTool.Sandbox>();
        try {
            for (var number = 0; number < COUNT; number++) {
                prepared.add(bare.prepare());
            }
            var began = System.nanoTime();
            Parallel.each(BARE_AT_ONCE, prepared.stream().<Parallel.Action>map(sandbox -> () -> {
                bare.restore(sandbox, image);
                sandbox.exec("/bin/true");
            }).toList());
            return (System.nanoTime() - began) / 1e6;
        } finally {
            prepared.forEach(BareTool.Sandbox::close);
        }
    }
}
