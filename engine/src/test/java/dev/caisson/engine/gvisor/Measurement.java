package dev.caisson.engine.gvisor;

import dev.caisson.engine.EngineSandbox;
import dev.caisson.engine.MeasuredMachine;
import dev.caisson.engine.Usage;
import dev.caisson.linux.ControlGroups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Measures what docs/performance.md shows of this engine: how long starts and removals take, and what idle sandboxes cost.
 * Run as root: {@code mvn -pl engine -am test-compile exec:java -Dexec.mainClass=dev.caisson.engine.gvisor.Measurement
 * -Dexec.classpathScope=test -Dcaisson.engine.build=<folder>}; an argument leaves the idle sandboxes out.
 */
public final class Measurement {
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 20;
    private static final int IDLE = 40;
    private static final Duration IDLE_TIME = Duration.ofSeconds(60);

    private Measurement() {}

    public static void main(String[] arguments) throws Exception {
        try (var machine = new MeasuredMachine(); var engine = new GvisorEngine(machine.installation(), TestBuild.folder(), GvisorConfig.standard())) {
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
        var bare = new BareTool(machine.installation(), TestBuild.folder());
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
        System.out.printf("%d idle, each: MemAvailable %.1f MiB, private %.1f MiB, group memory %.1f MiB, cache %.1f MiB, host tasks %.1f%n",
                IDLE, (before - after) / 1024.0 / IDLE,
                sandboxes.stream().mapToDouble(sandbox -> privateMebibytes(machine, sandbox)).average().orElse(0),
                average(usages, Usage::memoryBytes) / (1 << 20), average(usages, Usage::cacheBytes) / (1 << 20), average(usages, Usage::tasks));
        // Not waiting for anything: how much an idle stretch costs is what is measured.
        Thread.sleep(IDLE_TIME);
        var later = sandboxes.stream().map(EngineSandbox::usage).toList();
        System.out.printf("processor time each, idle for %d s: %.1f ms%n", IDLE_TIME.toSeconds(),
                average(later, usage -> usage.cpu().toMillis()) - average(usages, usage -> usage.cpu().toMillis()));
    }

    private static double average(List<Usage> usages, ToLongFunction<Usage> figure) {
        return usages.stream().mapToLong(figure).average().orElse(0);
    }

    /** Memory that nobody shares, of all host processes of the sandbox. */
    private static double privateMebibytes(MeasuredMachine machine, EngineSandbox sandbox) {
        var group = Places.of(machine.installation()).group(sandbox.id());
        return ControlGroups.ofThisMachine().members(group).stream().mapToLong(pid -> kibibytes(
                Path.of("/proc", Long.toString(pid), "smaps_rollup"), "Private_")).sum() / 1024.0;
    }

    private static long available() {
        return kibibytes(Path.of("/proc/meminfo"), "MemAvailable:");
    }

    private static long kibibytes(Path file, String prefix) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(prefix)).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
