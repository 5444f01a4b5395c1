package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.engine.EngineException;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.SandboxInfo;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses sandboxes: saves them, and then takes away what they ran as. Each on a thread of its own, so that a caller who leaves
 * disturbs nothing. Until it is saved it goes on if anything fails; from then on it is paused whatever fails.
 */
final class Pauses {
    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    /** What is not a step with an undo, by name. */
    static final String TELL = "tell who listens that it is paused";
    static final String GO_ON = "tell who listens that it goes on";

    static final List<String> STEP_NAMES = List.of(GO_ON, TELL);

    private final StepRunner runner;
    private final List<Step> steps;
    private final Rests rests;
    private final Endings endings;
    private final Listeners listeners;
    private final Deadlines deadlines;
    private final Transitions transitions;
    private final LifeLog log;
    private final InstantSource clock;

    Pauses(
            StepRunner runner, List<Step> steps, Rests rests, Endings endings, Listeners listeners, Deadlines deadlines,
            Transitions transitions, LifeLog log, InstantSource clock) {
        this.runner = runner;
        this.steps = steps;
        this.rests = rests;
        this.endings = endings;
        this.listeners = listeners;
        this.deadlines = deadlines;
        this.transitions = transitions;
        this.log = log;
        this.clock = clock;
    }

    /** As {@link dev.caisson.node.Node#pause}. */
    SandboxInfo pause(Sandbox sandbox, PauseRequest request) {
        var agentMustAnswer = request.agentMustAnswer() || !request.memory();
        while (true) {
            switch (begin(sandbox, request.memory(), agentMustAnswer, _ -> true)) {
                case Phase.Pausing pausing -> {
                    return transitions.answer(pausing.answer(), "pause", sandbox);
                }
                case Phase.Snapshotting snapshotting -> transitions.await(snapshotting.over(), sandbox);
                case Phase.Resuming resuming -> transitions.await(resuming.over(), sandbox);
                case Phase.Paused _ -> throw new NodeException(
                        Category.CONFLICT, "sandbox " + sandbox.id() + " is already paused");
                case Phase.Starting _, Phase.Ending _ -> throw NodeException.notFound(sandbox.id());
                case Phase.Running _ -> {}
            }
        }
    }

    /** Begins the pause of a sandbox whose time is up, agent or not; the deadline may have been moved at the last moment. */
    void expire(Sandbox sandbox, boolean memory) {
        var now = clock.instant();
        var unused = begin(sandbox, memory, false, running -> !now.isBefore(running.info().deadline()));
    }

    private Phase begin(Sandbox sandbox, boolean memory, boolean agentMustAnswer, Predicate<Phase.Running> which) {
        var began = new boolean[1];
        var since = clock.instant();
        var phase = sandbox.change(now -> {
            if (now instanceof Phase.Running running && which.test(running)) {
                began[0] = true;
                return new Phase.Pausing(running.info().pausedAt(since, Pause.NONE));
            }
            return now;
        });
        if (began[0] && phase instanceof Phase.Pausing pausing) {
            Thread.ofVirtual().name("pause-" + sandbox.id()).start(() -> rests.guard(
                    sandbox, pausing.answer(), pausing.over(), () -> work(sandbox, pausing, memory, agentMustAnswer)));
        }
        return phase;
    }

    private void work(Sandbox sandbox, Phase.Pausing pausing, boolean memory, boolean agentMustAnswer) {
        var assembly = sandbox.assembly();
        var journal = assembly.journal();
        var folder = memory ? SandboxFolder.memoryName(journal.info().run(), "") : "";
        assembly.saving(new Saving(folder, agentMustAnswer, pausing.info().deadline(), journal, journal));
        listeners.pausing(pausing.info());
        try {
            runner.allOrNothing(steps, assembly);
        } catch (StepRunner.StepFailed failure) {
            if (failure.step().equals(AwaitSaving.NAME)) {
                assembly.overtime().map(TimeUp.Overtime::inCrowd).ifPresent(assembly::overtime);
            }
            goOn(sandbox, pausing, failure);
            return;
        } finally {
            assembly.anySavingTurn().ifPresent(Turn::giveBack);
        }
        var info = assembly.journal().info();
        sandbox.change(now -> now.equals(pausing) ? pausing.saved(info) : now);
        tell(assembly, TELL, () -> {
            log.wasPaused(info);
            listeners.paused(info);
        });
        rests.begin(sandbox, () -> pausing.answer().complete(info), () -> pausing.over().complete(null));
    }

    /** Whoever is told changes nothing any more. */
    private void tell(Assembly assembly, String name, Runnable action) {
        try {
            runner.run(assembly, name, action);
        } catch (StepRunner.StepFailed failure) {
            LOG.warn("sandbox {}: {}", assembly.id(), failure.reason());
        }
    }

    /** It could not be saved, or put back: it goes on as it was, or ends if even that is impossible. */
    void goOn(Sandbox sandbox, Phase.Pausing pausing, StepRunner.StepFailed why) {
        var assembly = sandbox.assembly();
        LOG.info("sandbox {} could not be paused: {}", sandbox.id(), why.reason());
        for (var undo : why.getSuppressed()) {
            LOG.error("sandbox {} could not be paused, and then: {}", sandbox.id(), undo.getMessage());
        }
        if (!(sandbox.phase() instanceof Phase.Ending)) {
            goOnOrEnd(sandbox, pausing, why);
        }
        var ended = endings.takeOver(sandbox);
        pausing.answer().completeExceptionally(ended ? NodeException.notFound(sandbox.id()) : why);
        pausing.over().complete(null);
    }

    private void goOnOrEnd(Sandbox sandbox, Phase.Pausing pausing, StepRunner.StepFailed why) {
        var assembly = sandbox.assembly();
        if (standsStill(why) && !goesOnAfterAll(assembly)) {
            var died = assembly.engine().exited().toCompletableFuture().isDone();
            var unused = endings.abandon(
                    sandbox, died ? EndCause.ENGINE_DIED : EndCause.FAILED, "it does not go on after a pause that failed: " + why.reason());
        } else {
            letRun(sandbox, pausing);
        }
    }

    private void letRun(Sandbox sandbox, Phase.Pausing pausing) {
        var assembly = sandbox.assembly();
        var info = assembly.journal().info();
        tell(assembly, GO_ON, () -> listeners.goesOn(info));
        sandbox.change(now -> now.equals(pausing) ? new Phase.Running(info, assembly.engine(), assembly.agent()) : now);
        // Under the lock: an end that has begun already must not find the deadline set after it removed it.
        sandbox.update(now -> {
            deadlines.set(sandbox.id(), assembly.overtime().map(TimeUp.Overtime::next).filter(next -> next.isAfter(info.deadline()))
                    .orElse(info.deadline()));
            return now;
        });
    }

    /** Asked once more: to let one go on that does is no harm, to lose it is. */
    private boolean goesOnAfterAll(Assembly assembly) {
        try {
            StandStill.goOn(assembly);
            return true;
        } catch (EngineException e) {
            LOG.error("sandbox {} stands still for good: {}", assembly.id(), e.getMessage());
            return false;
        }
    }

    private static boolean standsStill(StepRunner.StepFailed why) {
        for (var undo : why.getSuppressed()) {
            if (undo instanceof StepRunner.StepFailed failed && failed.step().equals(StepRunner.undoOf(StandStill.NAME))) {
                return true;
            }
        }
        return false;
    }
}
