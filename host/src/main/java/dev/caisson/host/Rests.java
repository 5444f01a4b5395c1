package dev.caisson.host;

import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.EndCause;
import dev.caisson.node.Pause;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what a sandbox ran as that is saved, so that it is on the disk only. What does not go at once is tried again by the
 * sweeper; until it is gone the sandbox is not resumed, since its disk may still be in use.
 */
final class Rests {
    private static final Logger LOG = LoggerFactory.getLogger(Rests.class);

    /** What is not part of unwinding, by name. */
    static final String KEEP_FILES = "write that its files are saved";
    static final String FORGET_OLD = "forget what else was saved of it";

    static final List<String> STEP_NAMES = List.of(KEEP_FILES, FORGET_OLD);

    private final StepRunner runner;
    private final Sweeper sweeper;
    private final Registry registry;
    private final Endings endings;
    private final List<Step> saveAgain;

    /** @param saveAgain the steps that save a sandbox that was restored and is not to run after all */
    Rests(StepRunner runner, Sweeper sweeper, Registry registry, Endings endings, List<Step> saveAgain) {
        this.runner = runner;
        this.sweeper = sweeper;
        this.registry = registry;
        this.endings = endings;
        this.saveAgain = saveAgain;
    }

    /**
     * The same sandbox without what was saved of its memory.
     *
     * @param resting paused or being resumed
     */
    static Journal withFilesOnly(Journal resting) {
        var info = resting.info();
        var saved = resting.saved().orElseThrow();
        var released = resting.phase() instanceof Journal.Phase.Paused paused && paused.released();
        return resting
                .with(info.pausedAt(info.deadline(), new Pause(Pause.Saved.FILES, info.pause().agentAnswered())))
                .with(new Journal.Phase.Paused(saved.build(), "", released, saved.keyRun(), saved.freshDisk()));
    }

    /**
     * Lets a sandbox rest that is {@link Phase.Pausing}, on the thread that has its assembly.
     *
     * @param tried runs when it rests, or something turned out not to go at once
     * @param over runs when it rests or has ended
     */
    void begin(Sandbox sandbox, Runnable tried, Runnable over) {
        var assembly = sandbox.assembly();
        try {
            attempt(sandbox, over);
        } catch (StepRunner.StepFailed failure) {
            sweeper.take(assembly, failure, () -> attempt(sandbox, over));
        } finally {
            tried.run();
        }
    }

    /**
     * Runs a transition. Where it stops in a way that nobody foresaw, what is saved of the sandbox rests and one that is not saved
     * ends, so that nobody waits for it for ever.
     *
     * @param work on the thread that has the assembly, which completes the futures
     */
    void guard(Sandbox sandbox, CompletableFuture<?> answer, CompletableFuture<Void> over, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error defect) {
            LOG.error("a transition of sandbox {} failed in an unforeseen way", sandbox.id(), defect);
            answer.completeExceptionally(defect);
            try {
                leave(sandbox);
            } finally {
                over.complete(null);
            }
        }
    }

    private void leave(Sandbox sandbox) {
        var info = sandbox.assembly().journal().info();
        switch (sandbox.change(now -> now instanceof Phase.Resuming ? new Phase.Pausing(info) : now)) {
            case Phase.Pausing _ when sandbox.assembly().journal().saved().isPresent() -> begin(sandbox, () -> {}, () -> {});
            case Phase.Pausing _ -> {
                var unused = endings.abandon(sandbox, EndCause.FAILED, "a defect of the server");
            }
            case Phase.Ending _ -> {
                var unused = endings.takeOver(sandbox);
            }
            case Phase.Starting _, Phase.Running _, Phase.Snapshotting _, Phase.Paused _, Phase.Resuming _ -> {}
        }
    }

    private void attempt(Sandbox sandbox, Runnable over) {
        if (!endings.takeOver(sandbox)) {
            takeAway(sandbox.assembly());
            registry.rests(sandbox);
            sandbox.change(now -> now instanceof Phase.Pausing ? new Phase.Paused(sandbox.assembly().journal().info()) : now);
            var unused = endings.takeOver(sandbox);
        }
        over.run();
    }

    private void takeAway(Assembly assembly) {
        if (assembly.outgrewRest() && !assembly.rest().orElseThrow().saved().orElseThrow().freshDisk()) {
            saveAgain(assembly);
        }
        if (!assembly.restIsWritten()) {
            runner.run(assembly, KEEP_FILES, () -> {
                var rest = assembly.rest().orElseThrow();
                assembly.folder().writeFlushed(rest);
                assembly.journal(rest);
                assembly.restAs(rest, true);
            });
        }
        runner.unwindRun(assembly);
        runner.run(assembly, FORGET_OLD, () -> forgetOld(assembly));
    }

    /** Its memory is saved as it is now; where that cannot be, only its files are kept. */
    private void saveAgain(Assembly assembly) {
        var rest = assembly.rest().orElseThrow();
        var name = SandboxFolder.memoryName(rest.info().run(), rest.saved().orElseThrow().memory());
        assembly.agentAnswers(rest.info().pause().agentAnswered());
        assembly.saving(new Saving(name, false, rest.info().deadline(), rest, assembly.journal()));
        try {
            runner.allOrNothing(saveAgain, assembly);
        } catch (StepRunner.StepFailed failure) {
            LOG.warn("sandbox {} could not be resumed, nor saved again: only its files are kept: {}", assembly.id(), failure.reason());
            assembly.restAs(withFilesOnly(unreleased(rest, assembly.journal())), false);
        }
    }

    /** What it runs as is there still: a server that dies before that is taken away leaves it to the next one, slot and all. */
    private static Journal unreleased(Journal rest, Journal run) {
        return rest.placed(run.bootId(), run.slot()).with(new Journal.Phase.Resuming(rest.saved().orElseThrow()));
    }

    private static void forgetOld(Assembly assembly) {
        var unused = assembly.folder().retainMemory(assembly.journal().saved().orElseThrow().memory());
    }
}
