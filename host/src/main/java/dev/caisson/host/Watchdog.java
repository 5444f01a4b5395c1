package dev.caisson.host;

import dev.caisson.guest.GuestAgent;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the agents of running sandboxes now and then whether they are there. One that fails to answer twice in a row hangs.
 * Each time the agent is told how long its sandbox still has to live, so that it can end the guest's work itself when there
 * is no server any more to do so. Safe for use by many threads.
 */
final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final ScheduledExecutorService timer;
    private final HostConfig.Watching config;
    private final InstantSource clock;
    private final Semaphore pings;
    private final BiConsumer<Sandbox, String> hung;

    /** @param hung is told, on a virtual thread, with the reason for people */
    Watchdog(
            ScheduledExecutorService timer, HostConfig.Watching config, InstantSource clock,
            BiConsumer<Sandbox, String> hung) {
        this.timer = timer;
        this.config = config;
        this.clock = clock;
        this.pings = new Semaphore(config.pingsAtOnce(), true);
        this.hung = hung;
    }

    /** Watches until the sandbox no longer runs. */
    void watch(Sandbox sandbox, GuestAgent agent) {
        later(sandbox, pause(), () -> ping(sandbox, agent, 0));
    }

    private Duration pause() {
        // Sandboxes that were made or adopted together are not to be asked together for ever.
        var millis = config.pingEvery().toMillis();
        return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(-millis / 10, millis / 10 + 1));
    }

    private void later(Sandbox sandbox, Duration pause, Runnable ping) {
        try {
            var unused = timer.schedule(
                    () -> Thread.ofVirtual().name("ping-" + sandbox.id()).start(ping),
                    pause.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the host closes; sandbox {} is not watched any more", sandbox.id());
        }
    }

    private void ping(Sandbox sandbox, GuestAgent agent, int failedBefore) {
        switch (sandbox.phase()) {
            case Phase.Running running -> {
                if (running.agent().equals(agent)) {
                    pingNow(sandbox, agent, failedBefore);
                }
            }
            // It may stand still, and perhaps goes on with this agent.
            case Phase.Pausing _, Phase.Snapshotting _ -> later(sandbox, pause(), () -> ping(sandbox, agent, 0));
            case Phase.Starting _, Phase.Paused _, Phase.Resuming _, Phase.Ending _ -> {}
        }
    }

    private void pingNow(Sandbox sandbox, GuestAgent agent, int failedBefore) {
        var began = System.nanoTime();
        try {
            bounded(sandbox, agent);
            later(sandbox, pause(), () -> ping(sandbox, agent, 0));
        } catch (RuntimeException e) {
            failed(sandbox, agent, failedBefore, e, began);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a sandbox has to live, and then some for a server that is only being replaced. */
    private Duration left(Sandbox sandbox, SandboxInfo info) {
        var life = Duration.between(clock.instant(), info.deadline());
        return (life.isNegative() ? Duration.ZERO : life).plus(Introduce.grace(sandbox.assembly().journal().atDeadline()));
    }

    private void bounded(Sandbox sandbox, GuestAgent agent) throws InterruptedException {
        pings.acquire();
        try {
            keepAlive(sandbox, agent);
        } finally {
            pings.release();
        }
    }

    /** Not once it is being paused: then it was told to go on for ever, and what it was told last is saved with it. */
    private void keepAlive(Sandbox sandbox, GuestAgent agent) {
        var words = sandbox.assembly().words();
        words.lock();
        try {
            if (sandbox.phase() instanceof Phase.Running running) {
                agent.keepAlive(left(sandbox, running.info()), config.pingDeadline());
            }
        } finally {
            words.unlock();
        }
    }

    private void failed(Sandbox sandbox, GuestAgent agent, int failedBefore, RuntimeException failure, long began) {
        if (failedBefore > 0) {
            hung.accept(sandbox, "its agent failed to answer twice in a row: " + failure.getMessage());
            // It is still there if it stood still meanwhile to be saved, or may just be about to go on.
            later(sandbox, pause(), () -> ping(sandbox, agent, 0));
            return;
        }
        LOG.debug("the agent of sandbox {} did not answer: {}", sandbox.id(), failure.getMessage());
        // An answer that fails at once says less than one that does not come: the second question waits out the first.
        var rest = config.pingDeadline().minusNanos(System.nanoTime() - began);
        later(sandbox, rest.isNegative() ? Duration.ZERO : rest, () -> ping(sandbox, agent, failedBefore + 1));
    }
}
