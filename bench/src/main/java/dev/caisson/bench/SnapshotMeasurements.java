package dev.caisson.bench;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Snapshots of a running sandbox that goes on, and for how long it stands still meanwhile, as {@link GuestTicks} see it. */
final class SnapshotMeasurements {
    private static final int WARM_UP = 2;

    private final Sandboxes sandboxes;
    private final BareTool bare;
    private final int rounds;

    SnapshotMeasurements(Sandboxes sandboxes, BareTool bare, int rounds) {
        this.sandboxes = sandboxes;
        this.bare = bare;
        this.rounds = rounds;
    }

    List<Row> all() throws Exception {
        var sandbox = sandboxes.create();
        try (var tool = bare.prepare()) {
            bare.start(tool);
            Runner runner = command -> sandboxes.run(sandbox, command);
            try (var ticks = new GuestTicks((line, command) -> sandboxes.follow(sandbox, line, command), runner);
                    var bareTicks = new GuestTicks(tool::follow, tool::exec)) {
                ticks.await();
                bareTicks.await();
                return rounds(sandbox.id(), tool, ticks, bareTicks);
            }
        } finally {
            sandboxes.delete(sandbox);
        }
    }

    private List<Row> rounds(String sandbox, BareTool.Sandbox tool, GuestTicks ticks, GuestTicks bareTicks) throws Exception {
        var request = new Samples();
        var stopped = new Samples();
        var bareWritten = new Samples();
        var bareFlushed = new Samples();
        var bareStopped = new Samples();
        for (var round = -WARM_UP; round < rounds; round++) {
            sandboxes.awaitStandbys();
            var from = Instant.now();
            var began = System.nanoTime();
            var snapshot = sandboxes.states().takeSnapshot(sandbox, Optional.empty(), true).path("snapshotID").asString();
            var answered = System.nanoTime();
            var gap = ticks.largestGap(from, Instant.now());
            sandboxes.states().deleteSnapshot(snapshot);
            var image = bare.nextImage();
            var bareFrom = Instant.now();
            var bareBegan = System.nanoTime();
            tool.checkpoint(image);
            var written = System.nanoTime();
            Folders.flush(image);
            var flushed = System.nanoTime();
            var bareGap = bareTicks.largestGap(bareFrom, Instant.now());
            Folders.remove(image);
            if (round >= 0) {
                request.add((answered - began) / 1e6);
                stopped.add(gap);
                bareWritten.add((written - bareBegan) / 1e6);
                bareFlushed.add((flushed - bareBegan) / 1e6);
                bareStopped.add(bareGap);
            }
        }
        return List.of(
                Row.of("snapshot, request to answer, against checkpoint --leave-running", request, bareWritten),
                Row.of("the same, against checkpoint --leave-running + fsync", request, bareFlushed),
                Row.of("stop during a snapshot as seen inside, against that during checkpoint --leave-running", stopped, bareStopped));
    }
}
