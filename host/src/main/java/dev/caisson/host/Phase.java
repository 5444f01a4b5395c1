package dev.caisson.host;

import dev.caisson.engine.EngineSandbox;
import dev.caisson.guest.GuestAgent;
import dev.caisson.node.EndRecord;
import dev.caisson.node.SandboxInfo;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where a sandbox is in its life.
 *
 * <pre>
 *   Starting ─▶ Running ◀─▶ Snapshotting
 *                │  ▲
 *                ▼  │
 *             Pausing ─▶ Paused ◀─▶ Resuming ─▶ Running
 *
 *   and from each of them ─▶ Ending
 * </pre>
 *
 * One thread has the {@link Assembly} of a sandbox in a transition: the one that makes it.
 */
sealed interface Phase {

    /** What is found of it; empty where it is not. */
    Optional<SandboxInfo> found();

    /** @param assembler the thread that runs its steps; interrupted when the sandbox is to end */
    record Starting(Thread assembler) implements Phase {
        @Override
        public Optional<SandboxInfo> found() {
            return Optional.empty();
        }
    }

    record Running(SandboxInfo info, EngineSandbox engine, GuestAgent agent) implements Phase {
        @Override
        public Optional<SandboxInfo> found() {
            return Optional.of(info);
        }
    }

    /**
     * It runs and is being saved, standing still for a moment; reached like one that runs.
     *
     * @param over completes when that is over, however it ended
     */
    record Snapshotting(Running was, CompletableFuture<Void> over) implements Phase {
        Snapshotting(Running was) {
            this(was, new CompletableFuture<>());
        }

        @Override
        public Optional<SandboxInfo> found() {
            return Optional.of(was.info());
        }
    }

    /**
     * It is being saved, or is saved and what it ran as is being taken away; so is what was left of a resume that failed. Its
     * agent is nobody's any more.
     *
     * @param info with what is saved, {@code Pause.NONE} at first
     * @param answer to who asked: completes when it is saved and taken away as far as that goes at once
     * @param over completes when that is over, however it ended
     */
    record Pausing(SandboxInfo info, CompletableFuture<SandboxInfo> answer, CompletableFuture<Void> over) implements Phase {
        Pausing(SandboxInfo info) {
            this(info, new CompletableFuture<>(), new CompletableFuture<>());
        }

        Pausing saved(SandboxInfo now) {
            return new Pausing(now, answer, over);
        }

        @Override
        public Optional<SandboxInfo> found() {
            return Optional.of(info);
        }
    }

    /** It is on the disk only. */
    record Paused(SandboxInfo info) implements Phase {
        @Override
        public Optional<SandboxInfo> found() {
            return Optional.of(info);
        }
    }

    /**
     * It is being started from what was saved.
     *
     * @param info of the pause
     * @param assembler the thread that runs its steps; interrupted when the sandbox is to end
     * @param answer to who asked
     * @param over completes when that is over, however it ended
     */
    record Resuming(
            SandboxInfo info, Thread assembler, CompletableFuture<SandboxInfo> answer, CompletableFuture<Void> over)
            implements Phase {
        Resuming(SandboxInfo info, Thread assembler) {
            this(info, assembler, new CompletableFuture<>(), new CompletableFuture<>());
        }

        @Override
        public Optional<SandboxInfo> found() {
            return Optional.of(info);
        }
    }

    /**
     * Not found any more, and being taken apart.
     *
     * @param ran what it was when it ran or was paused; empty if it never did
     * @param byAssembler whether the thread that is still building or saving it takes it apart, once it has stopped
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
        Ending(EndRecord end, Optional<SandboxInfo> ran, boolean byAssembler) {
            this(end, ran, byAssembler, new CompletableFuture<>(), new AtomicBoolean());
        }

        @Override
        public Optional<SandboxInfo> found() {
            return Optional.empty();
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
