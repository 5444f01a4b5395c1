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
    private final Duration firstPause;
    private final Duration lastPause;
    private final Map<SandboxId, HostStatus.Stuck> stuck = new ConcurrentHashMap<>();

    Sweeper(StepRunner runner, ScheduledExecutorService timer, HostConfig.Patience patience) {
        this.runner = runner;
        this.timer = timer;
        this.firstPause = patience.firstRetry();
        this.lastPause = patience.lastRetry();
    }

    /** Takes over a sandbox whose undo failed. */
    void take(Assembly assembly, StepRunner.StepFailed failure) {
        LOG.warn("sandbox {} could not be removed completely; trying again: {}", assembly.id(), failure.reason());
        again(assembly, failure, 1);
    }

    private void again(Assembly assembly, StepRunner.StepFailed failure, int attempts) {
        stuck.put(assembly.id(), new HostStatus.Stuck(assembly.id(), failure.step(), failure.reason(), attempts));
        try {
            var unused = timer.schedule(
                    () -> Thread.ofVirtual().name("sweep-" + assembly.id()).start(() -> sweep(assembly, attempts)),
                    pause(attempts).toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.info("the host closes; sandbox {} is taken up again at the next start", assembly.id());
        }
    }

    private Duration pause(int attempts) {
        var doublings = Math.min(attempts - 1, 20);
        var pause = firstPause.multipliedBy(1L << doublings);
        return pause.compareTo(lastPause) < 0 ? pause : lastPause;
    }

    private void sweep(Assembly assembly, int attempts) {
        try {
            runner.unwind(assembly);
            stuck.remove(assembly.id());
            LOG.info("sandbox {} is removed completely, at attempt {}", assembly.id(), attempts + 1);
        } catch (StepRunner.StepFailed failure) {
            again(assembly, failure, attempts + 1);
        }
    }

    /** What would not go so far. */
    List<HostStatus.Stuck> stuck() {
        return stuck.values().stream().sorted(Comparator.comparing(HostStatus.Stuck::id)).toList();
    }
}
