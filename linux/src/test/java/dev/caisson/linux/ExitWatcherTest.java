package dev.caisson.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExitWatcherTest {
    /** Far more than it takes, also while the machine does something else. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void tellsThatAProcessEnded() throws Exception {
        try (var watcher = new ExitWatcher()) {
            var process = sleeping();
            var ended = watcher.watch(identity(process)).toCompletableFuture();
            assertThat(ended).isNotDone();

            Signals.send(identity(process), Signals.Signal.KILL);
            assertThat(ended).succeedsWithin(PATIENCE);
        }
    }

    @Test
    void watchesManyAndTellsThemApart() throws Exception {
        try (var watcher = new ExitWatcher()) {
            var processes = new ArrayList<Process>();
            var ends = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 20; i++) {
                processes.add(sleeping());
                ends.add(watcher.watch(identity(processes.get(i))).toCompletableFuture());
            }
            for (int i = 0; i < 20; i += 2) {
                processes.get(i).destroyForcibly();
            }
            for (int i = 0; i < 20; i += 2) {
                assertThat(ends.get(i)).succeedsWithin(PATIENCE);
            }
            for (int i = 1; i < 20; i += 2) {
                assertThat(ends.get(i)).isNotDone();
                processes.get(i).destroyForcibly();
            }
        }
    }

    @Test
    void aProcessThatEndedBeforeIsToldAtOnce() throws Exception {
        var process = sleeping();
        var identity = identity(process);
        process.destroyForcibly().waitFor();
        try (var watcher = new ExitWatcher()) {
            assertThat(watcher.watch(identity).toCompletableFuture()).succeedsWithin(PATIENCE);
        }
    }

    @Test
    void anotherProcessWithTheSameNumberIsNotIt() throws Exception {
        var process = sleeping();
        var earlier = new ProcessIdentity(process.pid(), identity(process).startTime() - 1);
        try (var watcher = new ExitWatcher()) {
            assertThat(watcher.watch(earlier).toCompletableFuture()).succeedsWithin(PATIENCE);
            assertThat(Signals.send(earlier, Signals.Signal.KILL)).isFalse();
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aContinuationThatBlocksDelaysNobody() throws Exception {
        var release = new CompletableFuture<Void>();
        try (var watcher = new ExitWatcher()) {
            var first = sleeping();
            var second = sleeping();
            CompletionStage<Void> blocked = watcher.watch(identity(first)).thenRun(release::join);
            var told = watcher.watch(identity(second)).toCompletableFuture();
            first.destroyForcibly();
            second.destroyForcibly();
            assertThat(told).succeedsWithin(PATIENCE);
            assertThat(blocked.toCompletableFuture()).isNotDone();
        } finally {
            release.complete(null);
        }
    }

    private static Process sleeping() throws IOException {
        return new ProcessBuilder("/bin/sleep", "60").start();
    }

    private static ProcessIdentity identity(Process process) throws InterruptedException {
        assertThat(process.waitFor(0, TimeUnit.SECONDS)).isFalse();
        return ProcessIdentity.of(process.pid()).orElseThrow();
    }
}
