package dev.caisson.bench;

import dev.caisson.app.client.RemoteSandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;

/** Many sandboxes at once. Where one cannot be made, the measurement fails. */
final class LoadMeasurements {
    /** What gives the bare tool its best throughput (docs/performance.md). */
    private static final int BEST = 2 * Runtime.getRuntime().availableProcessors();

    private static final int BURSTS = 3;
    private static final int IN_FLIGHT = 8;
    private static final int STRETCHES = 6;
    private static final Duration STRETCH = Duration.ofSeconds(10);

    private final Sandboxes sandboxes;
    private final BareTool bare;

    LoadMeasurements(Sandboxes sandboxes, BareTool bare) {
        this.sandboxes = sandboxes;
        this.bare = bare;
    }

    /** All of them asked for in the same moment, against as many bare starts at the best parallelism; the time of all. */
    Row burst(int count) throws Exception {
        var ours = new Samples();
        var theirs = new Samples();
        for (var round = 0; round < BURSTS; round++) {
            sandboxes.awaitStandbys();
            ours.add(burstOfOurs(count));
            theirs.add(burstOfTheirs(count));
        }
        return Row.of(count + " creates at once until all are answered, against " + count + " times run --detach, " + BEST + " at a time", ours, theirs);
    }

    private double burstOfOurs(int count) throws Exception {
        var began = System.nanoTime();
        var made = Parallel.all(count, Collections.<Callable<RemoteSandbox>>nCopies(count, sandboxes::create));
        var millis = (System.nanoTime() - began) / 1e6;
        Parallel.all(BEST, made.stream().<Callable<Boolean>>map(sandbox -> () -> {
            sandboxes.delete(sandbox);
            return true;
        }).toList());
        return millis;
    }

    private double burstOfTheirs(int count) throws Exception {
        var prepared = new ArrayList<BareTool.Sandbox>();
        try {
            for (var number = 0; number < count; number++) {
                prepared.add(bare.prepare());
            }
            var began = System.nanoTime();
            Parallel.all(BEST, prepared.stream().<Callable<Boolean>>map(sandbox -> () -> {
                bare.start(sandbox);
                return true;
            }).toList());
            return (System.nanoTime() - began) / 1e6;
        } finally {
            prepared.forEach(BareTool.Sandbox::close);
        }
    }

    /** Create, one command, kill, again and again by each of eight; a minute in all, in turns with the bare tool. */
    Row sustained() throws Exception {
        var ours = new Samples();
        var theirs = new Samples();
        for (var stretch = 0; stretch < STRETCHES; stretch++) {
            ours.add(perCycle(this::cycle));
            theirs.add(perCycle(this::bareCycle));
        }
        return Row.of(
                "create + command + kill, " + IN_FLIGHT + " in flight: time per cycle, against prepare + run + exec + delete", ours, theirs);
    }

    private void cycle() {
        var sandbox = sandboxes.create();
        try {
            sandboxes.run(sandbox, "/bin/true");
        } finally {
            sandboxes.delete(sandbox);
        }
    }

    private void bareCycle() throws Exception {
        try (var sandbox = bare.prepare()) {
            bare.start(sandbox);
            sandbox.exec("/bin/true");
        }
    }

    /** Something that is done again and again. */
    private interface Cycle {
        void run() throws Exception;
    }

    /** Milliseconds that pass for each cycle while eight are under way. */
    private static double perCycle(Cycle cycle) throws Exception {
        var began = System.nanoTime();
        var until = began + STRETCH.toNanos();
        var counts = Parallel.all(IN_FLIGHT, Collections.<Callable<Integer>>nCopies(IN_FLIGHT, () -> {
            var count = 0;
            while (System.nanoTime() < until) {
                cycle.run();
                count++;
            }
            return count;
        }));
        return (System.nanoTime() - began) / 1e6 / counts.stream().mapToInt(Integer::intValue).sum();
    }
}
