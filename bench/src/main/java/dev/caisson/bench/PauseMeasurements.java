package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * One sandbox that is paused and resumed again and again, in turns with one of the bare tool's: an idle one, and one in which
 * {@link Ballast} fills memory.
 */
final class PauseMeasurements {
    private static final int WARM_UP = 2;

    private final Sandboxes sandboxes;
    private final BareTool bare;
    private final int rounds;

    PauseMeasurements(Sandboxes sandboxes, BareTool bare, int rounds) {
        this.sandboxes = sandboxes;
        this.bare = bare;
        this.rounds = rounds;
    }

    List<Row> all() throws Exception {
        return Stream.concat(idle().stream(), large().stream()).toList();
    }

    private List<Row> idle() throws Exception {
        var sandbox = sandboxes.create();
        try (var tool = bare.prepare()) {
            bare.start(tool);
            return rounds("an idle sandbox", sandbox, tool, WARM_UP, rounds);
        } finally {
            sandboxes.delete(sandbox);
        }
    }

    private List<Row> large() throws Exception {
        var sandbox = sandboxes.create();
        try (var tool = bare.prepare(Ballast.PROCESS)) {
            bare.start(tool);
            Ballast.await(tool::exec);
            Ballast.start(command -> sandboxes.run(sandbox, command));
            return rounds(Ballast.MEBIBYTES + " MiB of memory filled", sandbox, tool, 1, Rounds.tenth(rounds));
        } finally {
            sandboxes.delete(sandbox);
        }
    }

    private List<Row> rounds(String kind, RemoteSandbox sandbox, BareTool.Sandbox tool, int warmUp, int count) throws IOException {
        var pause = new Samples();
        var resume = new Samples();
        var barePause = new Samples();
        var bareResume = new Samples();
        for (var round = -warmUp; round < count; round++) {
            sandboxes.awaitStandbys();
            var began = System.nanoTime();
            sandboxes.states().pause(sandbox.id(), true, false);
            var paused = System.nanoTime();
            sandboxes.run(sandboxes.connect(sandbox), "/bin/true");
            var resumed = System.nanoTime();
            sandboxes.awaitStandbys();
            var image = bare.nextImage();
            var bareBegan = System.nanoTime();
            tool.checkpoint(image);
            Folders.flush(image);
            tool.delete();
            var barePaused = System.nanoTime();
            bare.restore(tool, image);
            tool.exec("/bin/true");
            var bareResumed = System.nanoTime();
            Folders.remove(image);
            if (round >= 0) {
                pause.add((paused - began) / 1e6);
                resume.add((resumed - paused) / 1e6);
                barePause.add((barePaused - bareBegan) / 1e6);
                bareResume.add((bareResumed - barePaused) / 1e6);
            }
        }
        return List.of(
                Row.of("pause, " + kind + ", against checkpoint --leave-running + fsync + delete", pause, barePause),
                Row.of("resume to first command finished, " + kind + ", against restore + exec", resume, bareResume));
    }
}
