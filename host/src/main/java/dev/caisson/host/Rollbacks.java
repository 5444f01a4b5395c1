package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.host.snapshot.SavedState;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts sandboxes back to checkpoints: what runs of one is replaced by a pause at the checkpoint, from which it is resumed. Until
 * that pause is written down it stays as it was if anything fails; from then on it is paused at the checkpoint at the worst.
 */
final class Rollbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Rollbacks.class);
    /** A deadline that passes meanwhile takes effect afterwards. */
    private static final Duration LEAST_LIFE = Duration.ofSeconds(1);

    /** Of one that runs; of one that is paused all but the second. */
    static final List<Step> STEPS = List.of(new LinkMemory(), new StandStill(), new WriteRolledBack());

    private final StepRunner runner;
    private final Rests rests;
    private final Pauses pauses;
    private final Resumes resumes;
    private final Endings endings;
    private final Listeners listeners;
    private final DeadlineMoves moves;
    private final Transitions transitions;
    private final InstantSource clock;

    Rollbacks(
            StepRunner runner, Rests rests, Pauses pauses, Resumes resumes, Endings endings, Listeners listeners, DeadlineMoves moves,
            Transitions transitions, InstantSource clock) {
        this.runner = runner;
        this.rests = rests;
        this.pauses = pauses;
        this.resumes = resumes;
        this.endings = endings;
        this.listeners = listeners;
        this.moves = moves;
        this.transitions = transitions;
        this.clock = clock;
    }

    /**
     * As {@link dev.caisson.node.Checkpoints#rollBack}.
     *
     * @param to is closed once nothing reads it any more, which may be after the caller has given up
     */
    SandboxInfo rollBack(Sandbox sandbox, SavedState to) {
        var was = new AtomicReference<Phase>(sandbox.phase());
        var pausing = begin(sandbox, was, to);
        var before = Objects.requireNonNull(was.get());
        var deadline = before instanceof Phase.Running running ? Optional.of(running.info().deadline()) : Optional.<Instant>empty();
        Thread.ofVirtual().name("rollback-" + sandbox.id()).start(() -> {
            try (to) {
                rests.guard(sandbox, pausing.answer(), pausing.over(), () -> work(sandbox, pausing, before, to));
            }
        });
        var unused = transitions.answer(pausing.answer(), "roll back", sandbox);
        return goOn(sandbox, deadline);
    }

    private Phase.Pausing begin(Sandbox sandbox, AtomicReference<Phase> was, SavedState to) {
        try {
            return begin(sandbox, was);
        } catch (NodeException e) {
            to.close();
            throw e;
        }
    }

    private Phase.Pausing begin(Sandbox sandbox, AtomicReference<Phase> was) {
        var since = clock.instant();
        var phase = sandbox.change(now -> {
            was.set(now);
            return switch (now) {
                case Phase.Running running -> new Phase.Pausing(running.info().pausedAt(since, Pause.NONE));
                case Phase.Paused(var info) -> new Phase.Pausing(info);
                case Phase.Starting _, Phase.Snapshotting _, Phase.Pausing _, Phase.Resuming _, Phase.Ending _ -> now;
            };
        });
        if (phase instanceof Phase.Pausing pausing && !pausing.equals(was.get())) {
            return pausing;
        }
        throw switch (phase) {
            case Phase.Snapshotting _ -> conflict(sandbox, "snapshotted");
            case Phase.Pausing _ -> conflict(sandbox, "paused");
            case Phase.Resuming _ -> conflict(sandbox, "resumed");
            case Phase.Ending _ -> conflict(sandbox, "killed");
            case Phase.Starting _, Phase.Running _, Phase.Paused _ -> NodeException.notFound(sandbox.id());
        };
    }

    private static NodeException conflict(Sandbox sandbox, String what) {
        return new NodeException(Category.CONFLICT, "sandbox " + sandbox.id() + " is being " + what);
    }

    private void work(Sandbox sandbox, Phase.Pausing pausing, Phase was, SavedState to) {
        var assembly = sandbox.assembly();
        var before = assembly.journal();
        var taken = before.saved().map(saved -> saved.memory()).orElse("");
        assembly.rollback(new Rollback(to, SandboxFolder.memoryName(before.info().run(), taken), pausing.info().deadline(), before));
        var runs = was instanceof Phase.Running;
        if (runs) {
            listeners.pausing(pausing.info());
        }
        try {
            runner.allOrNothing(runs ? STEPS : STEPS.stream().filter(step -> !(step instanceof StandStill)).toList(), assembly);
        } catch (StepRunner.StepFailed failure) {
            back(sandbox, pausing, was, failure);
            return;
        }
        var info = assembly.journal().info();
        sandbox.change(now -> now.equals(pausing) ? pausing.saved(info) : now);
        if (runs) {
            listeners.paused(info);
        }
        rests.begin(sandbox, () -> pausing.answer().complete(info), () -> pausing.over().complete(null));
    }

    /** It is what it was; one that cannot be let go on ends. */
    private void back(Sandbox sandbox, Phase.Pausing pausing, Phase was, StepRunner.StepFailed why) {
        LOG.info("sandbox {} could not be rolled back: {}", sandbox.id(), why.reason());
        if (was instanceof Phase.Running) {
            pauses.goOn(sandbox, pausing, why);
        } else {
            sandbox.change(now -> now.equals(pausing) ? was : now);
            var ended = endings.takeOver(sandbox);
            pausing.answer().completeExceptionally(ended ? NodeException.notFound(sandbox.id()) : why);
            pausing.over().complete(null);
        }
    }

    private SandboxInfo goOn(Sandbox sandbox, Optional<Instant> deadline) {
        var journal = sandbox.assembly().journal();
        var left = deadline.map(when -> Duration.between(clock.instant(), when))
                .filter(rest -> rest.compareTo(LEAST_LIFE) > 0)
                .orElse(deadline.isPresent() ? LEAST_LIFE : journal.info().lifecycle().firstTimeout());
        var info = resume(sandbox, new ResumeRequest(left, true, false, Optional.of(journal.atDeadline())));
        return deadline.isPresent() ? moves.set(sandbox, deadline.get()) : info;
    }

    private SandboxInfo resume(Sandbox sandbox, ResumeRequest request) {
        try {
            return resumes.resume(sandbox, request);
        } catch (NodeException e) {
            throw new NodeException(
                    e.category(), "sandbox " + sandbox.id() + " is paused at the checkpoint, and could not be resumed: " + e.getMessage(), e);
        }
    }
}
