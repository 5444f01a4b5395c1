package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets paused sandboxes go on, each on a thread of its own. One that does not come to run rests again: as it was, or, once the
 * guest has run, as it is then.
 */
final class Resumes {
    private static final Logger LOG = LoggerFactory.getLogger(Resumes.class);

    /** What comes after the answer, by name. */
    static final String FORGET_MEMORY = "forget its saved memory";

    static final List<String> STEP_NAMES = List.of(FORGET_MEMORY);

    private final StepRunner runner;
    private final LifeSteps steps;
    private final Rests rests;
    private final Endings endings;
    private final Transitions transitions;

    Resumes(StepRunner runner, LifeSteps steps, Rests rests, Endings endings, Transitions transitions) {
        this.runner = runner;
        this.steps = steps;
        this.rests = rests;
        this.endings = endings;
        this.transitions = transitions;
    }

    /** As {@link dev.caisson.node.Node#resume}. */
    SandboxInfo resume(Sandbox sandbox, ResumeRequest request) {
        while (true) {
            switch (begin(sandbox, request)) {
                case Phase.Running running -> {
                    return running.info();
                }
                case Phase.Resuming resuming -> {
                    return transitions.answer(resuming.answer(), "resume", sandbox);
                }
                case Phase.Snapshotting snapshotting -> transitions.await(snapshotting.over(), sandbox);
                case Phase.Pausing pausing -> transitions.await(pausing.over(), sandbox);
                case Phase.Paused _ -> {}
                case Phase.Starting _ -> throw NodeException.notFound(sandbox.id());
                case Phase.Ending ending -> throw ending.hasGone()
                        ? NodeException.notFound(sandbox.id())
                        : new NodeException(Category.CONFLICT, "sandbox " + sandbox.id() + " is being killed");
            }
        }
    }

    /** @throws NodeException if it is paused and cannot be resumed so */
    private Phase begin(Sandbox sandbox, ResumeRequest request) {
        var start = new CompletableFuture<Phase.Resuming>();
        var thread = Thread.ofVirtual().name("resume-" + sandbox.id()).unstarted(() -> {
            var mine = start.join();
            rests.guard(sandbox, mine.answer(), mine.over(), () -> work(sandbox, mine, request));
        });
        var phase = sandbox.change(now -> {
            if (now instanceof Phase.Paused(var info)) {
                requireResumable(info, request);
                return new Phase.Resuming(info, thread);
            }
            return now;
        });
        if (phase instanceof Phase.Resuming resuming && resuming.assembler().equals(thread)) {
            start.complete(resuming);
            thread.start();
        }
        return phase;
    }

    private static void requireResumable(SandboxInfo info, ResumeRequest request) {
        var pause = info.pause();
        if (request.byTraffic() && (pause.saved() == Pause.Saved.FILES || !request.memory())) {
            throw new NodeException(
                    Category.CONFLICT, "only the files of sandbox " + info.id() + " were saved: traffic does not boot it");
        }
        if (request.memory() && pause.saved() == Pause.Saved.MEMORY && !pause.agentAnswered()) {
            throw new NodeException(
                    Category.CONFLICT, NodeException.Reason.AGENT_WAS_UNRESPONSIVE,
                    "the agent of sandbox " + info.id() + " did not answer when it was paused; resume it without its memory", null);
        }
    }

    private void work(Sandbox sandbox, Phase.Resuming resuming, ResumeRequest request) {
        var assembly = sandbox.assembly();
        var paused = assembly.journal();
        var memory = request.memory() && paused.info().pause().saved() == Pause.Saved.MEMORY;
        assembly.wanted(request);
        assembly.agentAnswers(true);
        assembly.restAs(paused, true);
        try {
            runner.apply(memory ? steps.restore() : steps.boot(), assembly);
        } catch (StepRunner.StepFailed failure) {
            if (!(sandbox.phase() instanceof Phase.Running)) {
                restAgain(sandbox, resuming, failure);
                return;
            }
            LOG.error("sandbox {} runs again, and then: {}", sandbox.id(), failure.reason());
        } finally {
            steps.turn().giveBack(assembly);
        }
        var info = assembly.journal().info();
        resuming.answer().complete(info);
        resuming.over().complete(null);
        forget(assembly, paused.saved().orElseThrow().memory());
    }

    private void forget(Assembly assembly, String memory) {
        try {
            runner.run(assembly, FORGET_MEMORY, () -> assembly.folder().deleteMemory(memory));
        } catch (StepRunner.StepFailed failure) {
            LOG.warn("sandbox {}: {}; the next pause or server does it", assembly.id(), failure.reason());
        }
    }

    private void restAgain(Sandbox sandbox, Phase.Resuming resuming, StepRunner.StepFailed why) {
        LOG.info("sandbox {} could not be resumed: {}", sandbox.id(), why.reason());
        // Under the lock: who wanted this thread to stop does so before, or not at all.
        var resting = new Phase.Pausing(resuming.info(), new CompletableFuture<>(), resuming.over());
        sandbox.change(now -> now.equals(resuming) ? resting : now);
        var unused = Thread.interrupted();
        rests.begin(
                sandbox,
                () -> {
                    var ended = sandbox.phase() instanceof Phase.Ending;
                    resuming.answer().completeExceptionally(ended ? NodeException.notFound(sandbox.id()) : why);
                    resting.answer().complete(resting.info());
                },
                () -> resuming.over().complete(null));
    }
}
