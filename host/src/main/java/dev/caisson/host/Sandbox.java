package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.EndRecord;
import dev.caisson.node.SandboxInfo;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** One sandbox and where it is in its life. Safe for use by many threads. */
final class Sandbox {
    private final Assembly assembly;
    private final ReentrantLock lock = new ReentrantLock();
    /** Written under the lock. */
    private volatile Phase phase;

    /** Written by the thread that builds it. */
    private volatile boolean standby;

    /** Written by who claims it. */
    private volatile boolean claimed;

    Sandbox(SandboxFolder folder, Phase phase) {
        this.assembly = new Assembly(this, folder);
        this.phase = phase;
    }

    /** Whether it is nobody's yet: then nobody is to hear of it, whatever becomes of it. */
    boolean isStandby() {
        return standby;
    }

    void standby(boolean is) {
        standby = is;
    }

    /** Whether somebody waits for this standby to become theirs. */
    boolean isClaimed() {
        return claimed;
    }

    void claimed() {
        claimed = true;
    }

    SandboxId id() {
        return assembly.id();
    }

    Assembly assembly() {
        return assembly;
    }

    Phase phase() {
        return phase;
    }

    Optional<SandboxInfo> found() {
        return phase.found();
    }

    /** One that runs, though it may stand still for a moment. */
    Optional<Phase.Running> running() {
        return switch (phase) {
            case Phase.Running running -> Optional.of(running);
            case Phase.Snapshotting(var was, var over) -> Optional.of(was);
            case Phase.Starting _, Phase.Pausing _, Phase.Paused _, Phase.Resuming _, Phase.Ending _ -> Optional.empty();
        };
    }

    /**
     * Goes from one phase to another, nothing else happening to it meanwhile.
     *
     * @param next given the phase there is; gives that or another
     * @return the phase it is in now
     */
    Phase change(UnaryOperator<Phase> next) {
        lock.lock();
        try {
            phase = next.apply(phase);
            return phase;
        } finally {
            lock.unlock();
        }
    }

    /** Starting, again perhaps, is over. Returns false if the sandbox is to end instead. */
    boolean run(Phase.Running running) {
        return running.equals(change(now -> now instanceof Phase.Starting || now instanceof Phase.Resuming ? running : now));
    }

    /** The calling thread builds it from here on. */
    void assembledHere() {
        change(now -> now instanceof Phase.Starting ? new Phase.Starting(Thread.currentThread()) : now);
    }

    /** Changes a running sandbox, nothing else happening to it meanwhile; does nothing in another phase. */
    Phase update(UnaryOperator<Phase.Running> change) {
        return change(now -> now instanceof Phase.Running running ? change.apply(running) : now);
    }

    /**
     * Begins the end, or joins the one that has begun. From here on the sandbox is not found. A thread that is still
     * starting it is interrupted, one that is saving it comes to its own end first; then that thread takes it apart.
     */
    Phase.Ending end(EndRecord record) {
        return (Phase.Ending) change(now -> switch (now) {
            case Phase.Ending ending -> ending;
            case Phase.Starting(Thread assembler) -> {
                interrupt(assembler);
                yield new Phase.Ending(record, Optional.empty(), true);
            }
            case Phase.Resuming resuming -> {
                interrupt(resuming.assembler());
                yield new Phase.Ending(record, now.found(), true);
            }
            case Phase.Pausing _, Phase.Snapshotting _ -> new Phase.Ending(record, now.found(), true);
            case Phase.Running _, Phase.Paused _ -> new Phase.Ending(record, now.found(), false);
        });
    }

    private static void interrupt(Thread assembler) {
        if (!assembler.equals(Thread.currentThread())) {
            assembler.interrupt();
        }
    }

    /** Begins the end of a sandbox that runs and whose deadline is not after {@code now}. */
    Optional<Phase.Ending> expire(Instant now, EndRecord record) {
        var next = change(phase -> phase instanceof Phase.Running running && !now.isBefore(running.info().deadline())
                ? new Phase.Ending(record, Optional.of(running.info()), false)
                : phase);
        return next instanceof Phase.Ending ending && ending.end().equals(record) ? Optional.of(ending) : Optional.empty();
    }
}
