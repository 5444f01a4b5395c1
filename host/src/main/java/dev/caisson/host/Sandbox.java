package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineSandbox;
import dev.caisson.guest.GuestAgent;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.EndRecord;
import dev.caisson.node.SandboxInfo;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** One sandbox and where it is in its life: starting, then running, then ending; any of the first two may be left out. */
final class Sandbox {
    /** Where it is in its life. */
    sealed interface Phase {
        /** @param assembler the thread that runs its steps; interrupted when the sandbox is to end */
        record Starting(Thread assembler) implements Phase {}

        record Running(SandboxInfo info, EngineSandbox engine, GuestAgent agent) implements Phase {}

        /**
         * Not found any more, and being taken apart.
         *
         * @param ran what it was when it ran; empty if it never did
         * @param byAssembler whether the thread that is still building it takes it apart, once it has stopped
         * @param firstTry completes when all of it is gone, or something turned out not to go at once
         * @param claimed set by the thread that takes it apart
         */
        record Ending(
                EndRecord end,
                Optional<SandboxInfo> ran,
                boolean byAssembler,
                CompletableFuture<Void> firstTry,
                AtomicBoolean claimed)
                implements Phase {
            private static Ending ofStarting(EndRecord end) {
                return new Ending(end, Optional.empty(), true, new CompletableFuture<>(), new AtomicBoolean());
            }

            private static Ending ofRunning(EndRecord end, Running running) {
                return new Ending(end, Optional.of(running.info()), false, new CompletableFuture<>(), new AtomicBoolean());
            }

            /** For its owner one that could not be removed completely is gone as well. */
            boolean hasGone() {
                return firstTry.isDone();
            }

            /** True once, and never while it is still being built: for whoever is to take the sandbox apart. */
            boolean claim() {
                return !byAssembler && claimByAssembler();
            }

            /** True once: for the thread that built the sandbox. */
            boolean claimByAssembler() {
                return claimed.compareAndSet(false, true);
            }
        }
    }

    private final Assembly assembly;
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock. */
    private volatile Phase phase;

    Sandbox(SandboxFolder folder, Phase phase) {
        this.assembly = new Assembly(this, folder);
        this.phase = phase;
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

    Optional<Phase.Running> running() {
        return phase instanceof Phase.Running running ? Optional.of(running) : Optional.empty();
    }

    /** Starting is over. Returns false if the sandbox is to end instead. */
    boolean run(Phase.Running running) {
        lock.lock();
        try {
            if (phase instanceof Phase.Starting) {
                phase = running;
                return true;
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** The calling thread builds it from here on. */
    void assembledHere() {
        lock.lock();
        try {
            if (phase instanceof Phase.Starting) {
                phase = new Phase.Starting(Thread.currentThread());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Changes a running sandbox, nothing else happening to it meanwhile; does nothing in another phase. */
    Phase update(UnaryOperator<Phase.Running> change) {
        lock.lock();
        try {
            if (phase instanceof Phase.Running running) {
                phase = change.apply(running);
            }
            return phase;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Begins the end, or joins the one that has begun. From here on the sandbox is not found. A thread that is still
     * starting it is interrupted, and takes it apart itself.
     */
    Phase.Ending end(EndRecord record) {
        lock.lock();
        try {
            switch (phase) {
                case Phase.Ending ending -> {
                    return ending;
                }
                case Phase.Starting(Thread assembler) -> {
                    if (!assembler.equals(Thread.currentThread())) {
                        assembler.interrupt();
                    }
                    return ending(Phase.Ending.ofStarting(record));
                }
                case Phase.Running running -> {
                    return ending(Phase.Ending.ofRunning(record, running));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Begins the end of a sandbox that runs and whose deadline is not after {@code now}. */
    Optional<Phase.Ending> expire(Instant now, EndRecord record) {
        lock.lock();
        try {
            return phase instanceof Phase.Running running && !now.isBefore(running.info().deadline())
                    ? Optional.of(ending(Phase.Ending.ofRunning(record, running)))
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Phase.Ending ending(Phase.Ending ending) {
        phase = ending;
        return ending;
    }
}
