package dev.caisson.host;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.engine.Layer;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.snapshot.SavedState;
import dev.caisson.host.snapshot.SnapshotManifest;
import dev.caisson.host.snapshot.SnapshotStore;
import dev.caisson.image.FrozenDisks;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LinuxException;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves sandboxes that go on. Each save runs on a thread of its own, so that a caller who leaves disturbs nothing. While it
 * lasts the sandbox is in {@link Phase.Snapshotting}: its link and its connections stay, another save is refused, a pause
 * waits, and an end happens as soon as it is over.
 */
final class LiveSaves {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSaves.class);

    /** What is done with what was saved, by name. */
    static final String KEEP = "keep what was saved";

    static final List<String> STEP_NAMES = List.of(
            PrepareForSave.NAME, StopForSave.NAME, new SaveCopyOfMemory().name(), CopyDisk.NAME, new LetGoOn().name(),
            FlushCopyOfMemory.NAME, new KeepDisk().name(), KEEP, undoOf(StopForSave.NAME));

    private final SnapshotStore store;
    private final FrozenDisks disks;
    private final StepRunner runner;
    private final Endings endings;
    private final List<String> cpuFeatures;
    private final List<SaveStep> steps;

    /** @param cpuFeatures of this machine */
    LiveSaves(
            SnapshotStore store, FrozenDisks disks, StepRunner runner, Endings endings, List<String> cpuFeatures, InstantSource clock,
            HostConfig.Saves patience) {
        this.store = store;
        this.disks = disks;
        this.runner = runner;
        this.endings = endings;
        this.cpuFeatures = cpuFeatures;
        this.steps = List.of(
                new PrepareForSave(patience), new StopForSave(clock), new SaveCopyOfMemory(), new CopyDisk(disks), new LetGoOn(),
                new FlushCopyOfMemory(), new KeepDisk());
    }

    /**
     * Saves a sandbox.
     *
     * @param keep is given the save and its manifest, once the sandbox goes on; what it does not keep is removed after it
     * @return what {@code keep} gave
     * @throws NodeException as {@link dev.caisson.node.Snapshots#take}; the sandbox goes on
     */
    <T> T save(Sandbox sandbox, Save.Wanted wanted, BiFunction<Save, SnapshotManifest, T> keep) {
        var phase = begin(sandbox);
        var result = new CompletableFuture<T>();
        Thread.ofVirtual().name("save-" + sandbox.id()).start(() -> {
            var answer = new FutureTask<>(() -> work(sandbox, phase.was(), wanted, keep));
            answer.run();
            leave(sandbox, phase);
            answer(answer, result);
            // An end that came meanwhile was left to this thread.
            var unused = endings.takeOver(sandbox);
        });
        return await(sandbox, result);
    }

    private static Phase.Snapshotting begin(Sandbox sandbox) {
        var begun = new AtomicReference<Phase.Snapshotting>();
        var phase = sandbox.change(now -> {
            if (now instanceof Phase.Running running) {
                begun.set(new Phase.Snapshotting(running));
                return begun.get();
            }
            return now;
        });
        if (begun.get() != null) {
            return begun.get();
        }
        throw switch (phase) {
            case Phase.Starting _, Phase.Paused _, Phase.Running _ -> NodeException.notFound(sandbox.id());
            case Phase.Snapshotting _ -> conflict(sandbox, "snapshotting");
            case Phase.Pausing _ -> conflict(sandbox, "pausing");
            case Phase.Resuming _ -> conflict(sandbox, "resuming");
            case Phase.Ending _ -> conflict(sandbox, "killing");
        };
    }

    /** The text is one that clients know: {@code contract/rest-api.md} §7.1. */
    private static NodeException conflict(Sandbox sandbox, String state) {
        return new NodeException(
                Category.CONFLICT, "sandbox " + sandbox.id() + " cannot be snapshotted while in '" + state + "' state");
    }

    private <T> T work(Sandbox sandbox, Phase.Running running, Save.Wanted wanted, BiFunction<Save, SnapshotManifest, T> keep) {
        var assembly = sandbox.assembly();
        requireRoomForLayer(assembly.journal());
        var disk = assembly.folder().disk();
        try (var save = new Save(wanted, running, assembly, store.draft(room(running, wanted, disk)))) {
            apply(sandbox, save);
            var frozen = save.anyCopy().orElseThrow().name();
            var manifest = save.manifest(frozen, disks.bytes(frozen), cpuFeatures);
            return keep(assembly, save, manifest, keep);
        }
    }

    /** What is saved has a layer more, and one besides where it boots under a server with another agent. */
    private static void requireRoomForLayer(Journal journal) {
        if (journal.layers().size() + 2 > Layer.MOST) {
            throw new NodeException(
                    Category.CONFLICT,
                    "sandbox " + journal.id() + " is a copy of a copy, or was rolled back, too many times: it stands on " + journal.layers().size()
                            + " layers, and what is saved of it would not run; copy its files into a new sandbox");
        }
    }

    private <T> T keep(Assembly assembly, Save save, SnapshotManifest manifest, BiFunction<Save, SnapshotManifest, T> keep) {
        var kept = new AtomicReference<@Nullable T>();
        try {
            runner.run(assembly, KEEP, () -> kept.set(keep.apply(save, manifest)));
            return Objects.requireNonNull(kept.get());
        } catch (StepRunner.StepFailed failure) {
            discard(kept.get());
            throw failure;
        }
    }

    /** What a save that failed or that nobody waits for any more has kept. */
    private void discard(@Nullable Object nobodys) {
        switch (nobodys) {
            case SavedState state -> state.close();
            case SnapshotManifest state -> store.delete(state.id());
            case null, default -> {}
        }
    }

    /** What it takes at the most. */
    private static long room(Phase.Running running, Save.Wanted wanted, Path disk) {
        try {
            return (wanted.memory() ? running.engine().usage().memoryBytes() : 0) + FileCopies.dataBytes(disk);
        } catch (LinuxException e) {
            throw new NodeException(Category.INTERNAL, "could not see how much there is to save: " + e.getMessage(), e);
        }
    }

    /** Whatever happens, it does not stand still afterwards. */
    private void apply(Sandbox sandbox, Save save) {
        var begun = new ArrayDeque<SaveStep>();
        try {
            for (var step : steps) {
                begun.push(step);
                runner.run(sandbox.assembly(), step.name(), () -> {
                    refuseIfEnding(sandbox);
                    step.apply(save);
                });
            }
        } catch (StepRunner.StepFailed failure) {
            begun.forEach(step -> undo(sandbox, step, save, failure));
            throw failure;
        }
    }

    private static void refuseIfEnding(Sandbox sandbox) {
        if (sandbox.phase() instanceof Phase.Ending) {
            throw conflict(sandbox, "killing");
        }
    }

    private void undo(Sandbox sandbox, SaveStep step, Save save, StepRunner.StepFailed why) {
        if (!step.name().equals(StopForSave.NAME)) {
            undoQuietly(sandbox, step, save);
            return;
        }
        try {
            runner.run(sandbox.assembly(), undoOf(step.name()), () -> step.undo(save));
        } catch (StepRunner.StepFailed failure) {
            why.addSuppressed(failure);
            LOG.error("sandbox {} does not go on after a save that failed: {}", sandbox.id(), failure.reason());
            var unused = endings.abandon(sandbox, EndCause.FAILED, "it does not go on after a save that failed: " + failure.reason());
        }
    }

    /** None of these may keep a sandbox from being let go on. */
    private static void undoQuietly(Sandbox sandbox, SaveStep step, Save save) {
        try {
            step.undo(save);
        } catch (RuntimeException | Error e) {
            LOG.error("'{}' of sandbox {} could not be undone", step.name(), sandbox.id(), e);
        }
    }

    private static String undoOf(String step) {
        return "undo: " + step;
    }

    /** The sandbox is as before, unless it is to end. */
    private void leave(Sandbox sandbox, Phase.Snapshotting phase) {
        sandbox.change(now -> now.equals(phase) ? phase.was() : now);
        phase.over().complete(null);
    }

    private static <T> void answer(FutureTask<T> from, CompletableFuture<T> to) {
        try {
            to.complete(from.get());
        } catch (ExecutionException e) {
            to.completeExceptionally(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            to.completeExceptionally(e);
        }
    }

    private <T> T await(Sandbox sandbox, CompletableFuture<T> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw failure(sandbox, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var unused = result.thenAccept(this::discard);
            throw new NodeException(Category.UNAVAILABLE, "nobody waits any more for sandbox " + sandbox.id() + " to be saved", e);
        }
    }

    private static NodeException failure(Sandbox sandbox, Throwable failure) {
        var cause = failure instanceof StepRunner.StepFailed && failure.getCause() != null ? failure.getCause() : failure;
        var category = cause instanceof CaissonException known ? known.category() : Category.INTERNAL;
        return new NodeException(
                switch (category) {
                    case EXHAUSTED, UNAVAILABLE, CONFLICT, UNSUPPORTED -> category;
                    default -> Category.INTERNAL;
                },
                cause instanceof NodeException ? String.valueOf(cause.getMessage())
                        : "sandbox " + sandbox.id() + " could not be saved, it goes on: " + failure.getMessage(),
                failure);
    }
}
