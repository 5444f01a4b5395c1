package dev.caisson.host;

import dev.caisson.host.HostConfig.Saves;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What happens to sandboxes whose time is up: they end, or they are paused. One that cannot be paused (the disk is full) is
 * neither lost nor left to run for ever: it goes on, found running with a deadline that has passed, and is tried again with growing
 * pauses. After {@link Saves#overtime} its files only are saved, which needs no room; after twice that it ends. Waiting for others to be saved only delays all that.
 */
final class TimeUp {
    /**
     * Attempts to pause a sandbox whose time is up.
     *
     * @param deadline that passed
     * @param since when the first was made, which may be long after (the server was away, or the clock jumped); later by what was
     *     spent waiting for others to be saved
     * @param attempts so far
     * @param last when the last one was made
     * @param next when to try again if the last one failed
     * @param crowded whether that one failed since others are being saved, which says nothing of this sandbox
     */
    record Overtime(Instant deadline, Instant since, int attempts, Instant last, Instant next, boolean crowded) {
        Overtime inCrowd() {
            return new Overtime(deadline, since, attempts, last, next, true);
        }

        private Instant since(Instant now) {
            return crowded ? since.plus(Duration.between(last, now)) : since;
        }
    }

    private final Pauses pauses;
    private final Endings endings;
    private final InstantSource clock;
    private final HostConfig config;

    TimeUp(Pauses pauses, Endings endings, InstantSource clock, HostConfig config) {
        this.pauses = pauses;
        this.endings = endings;
        this.clock = clock;
        this.config = config;
    }

    /** Its deadline has passed, unless it was moved at the last moment. */
    void passed(Sandbox sandbox) {
        switch (sandbox.phase()) {
            case Phase.Running running -> {
                if (!clock.instant().isBefore(running.info().deadline())) {
                    act(sandbox, running.info().deadline());
                    // A save that began first lets it go on.
                    if (sandbox.phase() instanceof Phase.Snapshotting snapshotting) {
                        passedAfter(snapshotting, sandbox);
                    }
                }
            }
            case Phase.Snapshotting snapshotting -> passedAfter(snapshotting, sandbox);
            // One that goes on after all is looked at again then.
            case Phase.Starting _, Phase.Pausing _, Phase.Paused _, Phase.Resuming _, Phase.Ending _ -> {}
        }
    }

    private void passedAfter(Phase.Snapshotting snapshotting, Sandbox sandbox) {
        snapshotting.over().thenRun(() -> Thread.ofVirtual().name("deadline-" + sandbox.id()).start(() -> passed(sandbox)));
    }

    private void act(Sandbox sandbox, Instant deadline) {
        switch (sandbox.assembly().journal().atDeadline()) {
            case KILL -> endings.expire(sandbox, "its deadline passed");
            case PAUSE -> pause(sandbox, deadline, true);
            case PAUSE_FILES -> pause(sandbox, deadline, false);
        }
    }

    private void pause(Sandbox sandbox, Instant deadline, boolean memory) {
        var now = clock.instant();
        var overtime = attempt(sandbox, deadline, now);
        var late = Duration.between(overtime.since(), now);
        var limit = config.saves().overtime();
        if (late.compareTo(limit.multipliedBy(2)) > 0) {
            endings.expire(sandbox, "its deadline passed, and it could not be paused for " + late.toMinutes() + " minutes since");
        } else {
            pauses.expire(sandbox, memory && late.compareTo(limit) <= 0);
        }
    }

    /** One more. */
    private Overtime attempt(Sandbox sandbox, Instant deadline, Instant now) {
        var before = sandbox.assembly().overtime().filter(overtime -> overtime.deadline().equals(deadline));
        var attempts = before.map(Overtime::attempts).orElse(0) + 1;
        var next = now.plus(Sweeper.pause(config.patience(), attempts));
        var overtime = new Overtime(deadline, before.map(so -> so.since(now)).orElse(now), attempts, now, next, false);
        sandbox.assembly().overtime(overtime);
        return overtime;
    }
}
