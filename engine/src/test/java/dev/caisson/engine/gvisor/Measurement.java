package dev.caisson.engine.gvisor;

import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.MeasuredMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures what docs/performance.md shows of this engine: how long starts and removals take, and what idle sandboxes cost.
 * Run as root: {@code mvn -pl engine -am test-compile exec:java -Dexec.mainClass=dev.caisson.engine.gvisor.Measurement
 * -Dexec.classpathScope=test} with {@code CAISSON_TEST_RUNSC} set.
 */
public final class Measurement {
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 20;
    private static final int IDLE = 40;

    private Measurement() {}

    public static void main(String[] arguments) throws Exception {
        try (var machine = new MeasuredMachine(); var engine = new GvisorEngine(machine.installation(), GvisorEngineTest.build(), GvisorConfig.standard())) {
            System.out.println(engine.info());
            starts(machine, engine);
            if (arguments.length == 0) {
                idle(machine, engine);
            }
            engine.remains().forEach(engine::remove);
        }
    }

    private static void starts(MeasuredMachine machine, GvisorEngine engine) throws Exception {
        var start = new double[ROUNDS];
        var call = new double[ROUNDS];
        var remove = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            var spec = machine.nextSpec();
            long a = System.nanoTime();
            EngineSandbox sandbox = engine.start(spec);
            long b = System.nanoTime();
            machine.awaitAnswer();
            long c = System.nanoTime();
            engine.remove(sandbox.id());
            long d = System.nanoTime();
            if (round >= 0) {
                start[round] = (b - a) / 1e6;
                call[round] = (c - a) / 1e6;
                remove[round] = (d - c) / 1e6;
            }
        }
        print("start", start);
        print("start to first answer", call);
        print("remove", remove);
    }

    private static void idle(MeasuredMachine machine, GvisorEngine engine) throws Exception {
        long before = available();
        var sandboxes = new ArrayList<EngineSandbox>();
        for (int i = 0; i < IDLE; i++) {
            sandboxes.add(engine.start(machine.nextSpec()));
            machine.awaitAnswer();
        }
        long after = available();
        var usages = sandboxes.stream().map(EngineSandbox::usage).toList();
        System.out.printf("%d idle: MemAvailable each %.1f MiB, group memory %.1f MiB, cache %.1f MiB, host tasks %.1f%n", IDLE,
                (before - after) / 1024.0 / IDLE,
                usages.stream().mapToLong(usage -> usage.memoryBytes()).average().orElse(0) / (1 << 20),
                usages.stream().mapToLong(usage -> usage.cacheBytes()).average().orElse(0) / (1 << 20),
                usages.stream().mapToInt(usage -> usage.tasks()).average().orElse(0));
    }

    private static long available() throws Exception {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst().orElseThrow();
        }
    }

    private static void print(String what, double[] millis) {
        var sorted = millis.clone();
        Arrays.sort(sorted);
        System.out.printf("%-22s median %.1f ms, least %.1f, most %.1f  %s%n", what, sorted[sorted.length / 2], sorted[0],
                sorted[sorted.length - 1], List.of());
    }
}
