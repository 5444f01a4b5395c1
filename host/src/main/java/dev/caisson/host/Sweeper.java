package dev.caisson.host;

import dev.caisson.base.SandboxId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again to take apart what would not go, with growing pauses, for as long as it takes. Nothing is given up: after a
 * restart of the server the journals bring it back here. Safe for use by many threads.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    private final StepRunner runner;
    private final ScheduledExecutorService timer;
    private final HostConfig.Patience patience;
    private final Map<SandboxId, HostStatus.Stuck> stuck = new ConcurrentHashMap<>();

    Sweeper(StepRunner runner, ScheduledExecutorService timer, HostConfig.Patience patience) {
        this.runner = runner;
        this.timer = timer;
        this.patience = patience;
    }

    /** Takes over a sandbox whose undo failed. */
    void take(Assembly assembly, StepRunner.StepFailed failure) {
        take(assembly, failure, () -> runner.unwind(assembly));
    }

    /**
     * The same for one that is to be taken apart otherwise.
     *
     * @param attempt throws {@link StepRunner.StepFailed} as long as it does not go
     */
    void take(Assembly assembly, StepRunner.StepFailed failure, Runnable attempt) {
        LOG.warn("sandbox {} could not be removed completely; trying again: {}", assembly.id(), failure.reason());
        again(assembly, failure, attempt, 1);
    }

    private void again(Assembly assembly, StepRunner.StepFailed failure, Runnable attempt, int attempts) {
        var entry = new HostStatus.Stuck(assembly.id(), failure.step(), failure.reason(), attempts);
        stuck.put(assembly.id(), entry);
        try {
            var unused = timer.schedule(
                    () -> Thread.ofVirtual().name("sweep-" + assembly.id()).start(() -> sweep(assembly, entry, attempt)),
                    pause(patience, attempts).toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.info("the host closes; sandbox {} is taken up again at the next start", assembly.id());
        }
    }

    /** How long to wait after so many attempts. */
    static Duration pause(HostConfig.Patience patience, int attempts) {
        var doublings = Math.min(attempts - 1, 20);
        var pause = patience.firstRetry().multipliedBy(1L << doublings);
        return pause.compareTo(patience.lastRetry()) < 0 ? pause : patience.lastRetry();
    }

    private void sweep(Assembly assembly, HostStatus.Stuck entry, Runnable attempt) {
        try {
            attempt.run();
            // Not the entry of an end that it turned into.
            stuck.remove(assembly.id(), entry);
            LOG.info("sandbox {} is removed completely, at attempt {}", assembly.id(), entry.attempts() + 1);
        } catch (StepRunner.StepFailed failure) {
            again(assembly, failure, attempt, entry.attempts() + 1);
        }
    }

    /** What would not go so far. */
    List<HostStatus.Stuck> stuck() {
        return stuck.values().stream().sorted(Comparator.comparing(HostStatus.Stuck::id)).toList();
    }
}
