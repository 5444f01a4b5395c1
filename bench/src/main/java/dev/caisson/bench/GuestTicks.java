package dev.caisson.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process in a sandbox that prints its clocks every millisecond: for how long it did not run is the largest gap between two
 * lines, by the guest's monotonic clock; which lines matter is told by its wall clock, which is the host's too. Not safe for use
 * by several threads.
 */
final class GuestTicks implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String END = "/tmp/caisson-bench-end";
    private static final String SCRIPT = """
            import os, sys, time
            while not os.access("%s", os.F_OK):
                sys.stdout.write("%%d %%d\\n" %% (time.monotonic_ns(), time.time_ns()))
                sys.stdout.flush()
                time.sleep(0.001)
            """.formatted(END);

    private final BlockingQueue<Tick> ticks = new LinkedBlockingQueue<>();
    private final Runner runner;
    private final Thread running;
    private @Nullable Tick last;

    /**
     * One line.
     *
     * @param monotonic nanoseconds of the guest's own clock
     * @param wall nanoseconds since 1970
     */
    record Tick(long monotonic, long wall) {

        /** @throws IllegalArgumentException if it is no such line */
        static Tick of(String line) {
            var words = line.strip().split(" ");
            if (words.length != 2) {
                throw new IllegalArgumentException("not two clocks: '" + line + "'");
            }
            return new Tick(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
    }

    /** Runs a command in the sandbox to its end and hands over every line that it prints. */
    interface Follower {
        void follow(Consumer<String> line, String... command);
    }

    /** @param runner in the same sandbox */
    GuestTicks(Follower follower, Runner runner) {
        this.runner = runner;
        this.running = Thread.ofVirtual().name("guest ticks").start(
                () -> follower.follow(line -> ticks.add(Tick.of(line)), "/usr/bin/python3", "-c", SCRIPT));
    }

    /** Returns once it runs. */
    void await() throws InterruptedException {
        largestGap(Instant.now(), Instant.now());
    }

    /**
     * The largest gap of which a part lies between two moments, in milliseconds; to be asked for later and later moments.
     *
     * @throws IllegalStateException if no line comes that is later than {@code to}
     */
    double largestGap(Instant from, Instant to) throws InterruptedException {
        var largest = 0L;
        Tick tick;
        do {
            tick = ticks.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (tick == null) {
                throw new IllegalStateException("the process that prints its clocks says nothing any more");
            }
            if (last != null && tick.wall() >= nanos(from) && last.wall() <= nanos(to)) {
                largest = Math.max(largest, tick.monotonic() - last.monotonic());
            }
            last = tick;
        } while (tick.wall() <= nanos(to));
        return largest / 1e6;
    }

    private static long nanos(Instant when) {
        return TimeUnit.SECONDS.toNanos(when.getEpochSecond()) + when.getNano();
    }

    @Override
    public void close() throws InterruptedException {
        runner.run("/bin/touch", END);
        running.join();
    }
}
