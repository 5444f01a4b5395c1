package dev.caisson.bench;

import java.util.List;

/** One sandbox after the other: made, used once, killed. Where standbys are on, one is ready before each create. */
final class LifecycleMeasurements {
    private static final int WARM_UP = 3;

    private final Sandboxes sandboxes;
    private final BareTool bare;
    private final int rounds;

    LifecycleMeasurements(Sandboxes sandboxes, BareTool bare, int rounds) {
        this.sandboxes = sandboxes;
        this.bare = bare;
        this.rounds = rounds;
    }

    List<Row> all() throws Exception {
        var create = new Samples();
        var first = new Samples();
        var kill = new Samples();
        var bareStart = new Samples();
        var bareFirst = new Samples();
        var bareDelete = new Samples();
        for (var round = -WARM_UP; round < rounds; round++) {
            var counts = round >= 0;
            sandboxes.awaitStandbys();
            var began = System.nanoTime();
            var sandbox = sandboxes.create();
            var created = System.nanoTime();
            sandboxes.run(sandbox, "/bin/echo", "hello");
            var answered = System.nanoTime();
            // The next standby is being made meanwhile, which must not be measured with anything.
            sandboxes.awaitStandbys();
            var killing = System.nanoTime();
            sandboxes.delete(sandbox);
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
                kill.add((killed - killing) / 1e6);
                bareStart.add((bareCreated - bareBegan) / 1e6);
                bareFirst.add((bareAnswered - bareBegan) / 1e6);
                bareDelete.add((bareKilled - bareAnswered) / 1e6);
            }
        }
        var how = sandboxes.mostStandbys() > 0 ? " with a standby ready" : " without a standby";
        return List.of(
                Row.of("create" + how + ", request to answer, against run --detach", create, bareStart),
                Row.of("create" + how + " to first command finished, against run + exec", first, bareFirst),
                Row.of("kill, against delete and unmounting", kill, bareDelete));
    }
}
