package dev.caisson.app.setup;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Prints a line about a long step at least every two seconds, with what the step said last, until it is closed. On a terminal
 * the line is written over; elsewhere lines follow each other.
 */
final class ProgressTicker implements AutoCloseable {
    private static final int TERMINAL_WIDTH = 100;
    private static final int LINE_WIDTH = 200;
    private final String step;
    private final PrintStream out;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("progress").factory());
    private volatile String last = "";

    ProgressTicker(String step, PrintStream out) {
        this.step = step;
        this.out = out;
        this.terminal = System.console() != null && System.console().isTerminal();
        var unused = timer.scheduleAtFixedRate(this::print, 0, terminal ? 500 : 2000, TimeUnit.MILLISECONDS);
    }

    /** What the step is doing now. */
    void report(String line) {
        if (!line.isBlank()) {
            last = line.strip();
        }
    }

    private void print() {
        var seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        var line = "  %s … %d s  %s".formatted(step, seconds, last);
        var shown = line.substring(0, Math.min(line.length(), terminal ? TERMINAL_WIDTH : LINE_WIDTH));
        if (terminal) {
            out.print("\r\u001b[K" + shown);
            out.flush();
        } else {
            out.println(shown.stripTrailing());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        if (terminal) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }
}
