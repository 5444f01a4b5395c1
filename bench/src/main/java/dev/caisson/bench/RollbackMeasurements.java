package dev.caisson.bench;

import java.util.List;

/** One sandbox that goes back to the same checkpoint again and again, in turns with one of the bare tool's. */
final class RollbackMeasurements {
    private static final int WARM_UP = 2;

    private final Sandboxes sandboxes;
    private final BareTool bare;
    private final int rounds;

    RollbackMeasurements(Sandboxes sandboxes, BareTool bare, int rounds) {
        this.sandboxes = sandboxes;
        this.bare = bare;
        this.rounds = Rounds.half(rounds);
    }

    List<Row> all() throws Exception {
        var rollback = new Samples();
        var first = new Samples();
        var bareRollback = new Samples();
        var bareFirst = new Samples();
        var image = bare.nextImage();
        var sandbox = sandboxes.create();
        try (var tool = bare.prepare()) {
            bare.start(tool);
            tool.checkpoint(image);
            var checkpoint = sandboxes.states().takeCheckpoint(sandbox.id(), "bench").path("checkpointID").asString();
            for (var round = -WARM_UP; round < rounds; round++) {
                sandboxes.awaitStandbys();
                var began = System.nanoTime();
                sandboxes.states().rollBack(sandbox.id(), checkpoint);
                var back = System.nanoTime();
                sandboxes.run(sandbox, "/bin/true");
                var answered = System.nanoTime();
                sandboxes.awaitStandbys();
                var bareBegan = System.nanoTime();
                tool.delete();
                bare.restore(tool, image);
                var bareBack = System.nanoTime();
                tool.exec("/bin/true");
                var bareAnswered = System.nanoTime();
                if (round >= 0) {
                    rollback.add((back - began) / 1e6);
                    first.add((answered - began) / 1e6);
                    bareRollback.add((bareBack - bareBegan) / 1e6);
                    bareFirst.add((bareAnswered - bareBegan) / 1e6);
                }
            }
        } finally {
            sandboxes.delete(sandbox);
            Folders.remove(image);
        }
        return List.of(
                Row.of("roll back to a checkpoint, request to answer, against delete + restore", rollback, bareRollback),
                Row.of("roll back to first command finished, against delete + restore + exec", first, bareFirst));
    }
}
