package dev.caisson.engine.gvisor;

import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.MeasuredMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

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

    /** Each round: one sandbox by the engine, and one by the tool alone (create, start, delete) in the same root and limits. */
    private static void starts(MeasuredMachine machine, GvisorEngine engine) throws Exception {
        var figures = new Figures();
        var bare = new BareTool(machine.installation(), GvisorEngineTest.build());
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            if (round == 0) {
                figures = new Figures();
            }
            var spec = machine.nextSpec();
            long begun = System.nanoTime();
            var sandbox = engine.start(spec);
            figures.add("engine: start", begun);
            machine.awaitAnswer();
            figures.add("engine: start to first answer", begun);
            begun = System.nanoTime();
            engine.remove(sandbox.id());
            figures.add("engine: remove", begun);

            bare.round(machine.nextSpec(), machine::awaitAnswer, figures);
        }
        figures.print();
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
}
