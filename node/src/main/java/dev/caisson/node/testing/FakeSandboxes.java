package dev.caisson.node.testing;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The sandboxes of a {@link FakeNode} and what is happening to them. Thread-safe. */
final class FakeSandboxes {
    private static final Duration PING = Duration.ofSeconds(1);

    private final Map<SandboxId, SandboxInfo> sandboxes = new ConcurrentHashMap<>();
    private final Map<SandboxId, SandboxInfo> ending = new ConcurrentHashMap<>();
    private final Map<SandboxId, GuestAgent> agents = new ConcurrentHashMap<>();
    private final Map<SandboxId, Transition> under = new ConcurrentHashMap<>();
    private final FakeTransitions transitions = new FakeTransitions();
    private final InstantSource clock;
    private volatile Function<SandboxInfo, GuestAgent> agentsOfResumed = info -> new FakeAgent();

    FakeSandboxes(InstantSource clock) {
        this.clock = clock;
    }

    private record Transition(FakeTransitions.Kind kind, CompletableFuture<SandboxInfo> outcome) {}

    FakeTransitions transitions() {
        return transitions;
    }

    void agentsOfResumed(Function<SandboxInfo, GuestAgent> agents) {
        agentsOfResumed = agents;
    }

    void add(SandboxInfo info, GuestAgent agent) {
        agents.put(info.id(), agent);
        sandboxes.put(info.id(), info);
    }

    Optional<SandboxInfo> find(SandboxId id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    List<SandboxInfo> all() {
        return List.copyOf(sandboxes.values());
    }

    Optional<GuestAgent> agent(SandboxId id) {
        return Optional.ofNullable(agents.get(id));
    }

    Optional<SandboxInfo> findEnding(SandboxId id) {
        return Optional.ofNullable(ending.get(id));
    }

    void beginEnd(SandboxId id) {
        ending.put(id, require(id, find(id)));
        sandboxes.remove(id);
    }

    /** Also one that is in the middle of its end. */
    Optional<SandboxInfo> remove(SandboxId id) {
        return Optional.ofNullable(sandboxes.remove(id)).or(() -> Optional.ofNullable(ending.remove(id)));
    }

    void closeAgent(SandboxId id) {
        Optional.ofNullable(agents.remove(id)).ifPresent(GuestAgent::close);
    }

    SandboxInfo change(SandboxId id, Function<SandboxInfo, SandboxInfo> change) {
        return require(id, Optional.ofNullable(sandboxes.computeIfPresent(id, (same, info) -> change.apply(info))));
    }

    private void requireStaying(SandboxId id) {
        if (ending.containsKey(id)) {
            throw new NodeException(Category.CONFLICT, "sandbox " + id + " is being killed");
        }
    }

    /** One that nothing is happening to. */
    SandboxInfo requireSettled(SandboxId id) {
        requireStaying(id);
        var info = require(id, find(id));
        var transition = under.get(id);
        if (transition != null) {
            throw busy(id, transition.kind());
        }
        return info;
    }

    SandboxInfo pause(SandboxId id, PauseRequest request) {
        requireStaying(id);
        while (true) {
            var present = under.get(id);
            if (present != null && present.kind() == FakeTransitions.Kind.PAUSE) {
                return joined(present);
            }
            if (present != null) {
                awaited(present);
                continue;
            }
            if (require(id, find(id)).state() == SandboxInfo.State.PAUSED) {
                throw new NodeException(Category.CONFLICT, "sandbox " + id + " is already paused");
            }
            var done = attempt(id, FakeTransitions.Kind.PAUSE, () -> pausing(id, request));
            if (done.isPresent()) {
                return done.get();
            }
        }
    }

    private SandboxInfo pausing(SandboxId id, PauseRequest request) {
        var before = require(id, find(id));
        change(id, info -> info.pausedAt(clock.instant(), Pause.NONE));
        try {
            transitions.pass(FakeTransitions.Kind.PAUSE);
            var answers = answers(id);
            if (!answers && (request.agentMustAnswer() || !request.memory())) {
                throw new NodeException(Category.UNAVAILABLE, "the agent of sandbox " + id + " does not answer");
            }
            closeAgent(id);
            var saved = request.memory() ? Pause.Saved.MEMORY : Pause.Saved.FILES;
            return change(id, info -> info.pausedAt(clock.instant(), new Pause(saved, answers)));
        } catch (NodeException e) {
            sandboxes.computeIfPresent(id, (same, info) -> before);
            throw e;
        }
    }

    private boolean answers(SandboxId id) {
        try {
            require(id, agent(id)).ping(PING);
            return true;
        } catch (GuestException e) {
            return false;
        }
    }

    SandboxInfo resume(SandboxId id, ResumeRequest request) {
        requireStaying(id);
        while (true) {
            var present = under.get(id);
            if (present != null && present.kind() == FakeTransitions.Kind.RESUME) {
                return joined(present);
            }
            if (present != null) {
                awaited(present);
                continue;
            }
            var info = require(id, find(id));
            if (info.state() == SandboxInfo.State.RUNNING) {
                return info;
            }
            requireResumable(info, request);
            var done = attempt(id, FakeTransitions.Kind.RESUME, () -> {
                transitions.pass(FakeTransitions.Kind.RESUME);
                return nextRun(id, request.timeout());
            });
            if (done.isPresent()) {
                return done.get();
            }
        }
    }

    private static void requireResumable(SandboxInfo info, ResumeRequest request) {
        if (request.byTraffic() && info.pause().saved() == Pause.Saved.FILES) {
            throw new NodeException(Category.CONFLICT, "only the files of sandbox " + info.id() + " were saved");
        }
        if (request.memory() && info.pause().saved() == Pause.Saved.MEMORY && !info.pause().agentAnswered()) {
            throw new NodeException(
                    Category.CONFLICT, NodeException.Reason.AGENT_WAS_UNRESPONSIVE,
                    "the agent of sandbox " + info.id() + " did not answer when it was paused; resume it without its memory", null);
        }
    }

    /** Puts the sandbox into its next run, with an agent of its own. */
    SandboxInfo nextRun(SandboxId id, Duration timeout) {
        closeAgent(id);
        var now = clock.instant();
        var next = change(id, info -> {
            agents.put(id, agentsOfResumed.apply(info));
            return info.inRun(info.run() + 1, info.engine()).startedAt(now, now.plus(timeout));
        });
        return next;
    }

    /** Does something to a running sandbox that nothing else may happen to meanwhile. */
    <T> T exclusively(SandboxId id, FakeTransitions.Kind kind, Function<SandboxInfo, T> work) {
        requireStaying(id);
        var result = new CompletableFuture<T>();
        var done = attempt(id, kind, () -> {
            var info = require(id, find(id));
            if (info.state() == SandboxInfo.State.PAUSED && kind != FakeTransitions.Kind.ROLL_BACK) {
                throw new NodeException(Category.CONFLICT, "sandbox " + id + " is paused");
            }
            transitions.pass(kind);
            result.complete(work.apply(info));
            return info;
        });
        if (done.isEmpty()) {
            throw busy(id, kind);
        }
        return result.join();
    }

    /** Empty if something else is happening to it. */
    private Optional<SandboxInfo> attempt(SandboxId id, FakeTransitions.Kind kind, Supplier<SandboxInfo> work) {
        var mine = new Transition(kind, new CompletableFuture<>());
        if (under.putIfAbsent(id, mine) != null) {
            return Optional.empty();
        }
        try {
            var info = work.get();
            under.remove(id);
            mine.outcome().complete(info);
            return Optional.of(info);
        } catch (NodeException e) {
            under.remove(id);
            mine.outcome().completeExceptionally(e);
            throw e;
        }
    }

    private static SandboxInfo joined(Transition transition) {
        try {
            return transition.outcome().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof NodeException failure ? failure : e;
        }
    }

    /** However it ends. */
    private static void awaited(Transition transition) {
        transition.outcome().handle((info, failure) -> true).join();
    }

    private static NodeException busy(SandboxId id, FakeTransitions.Kind kind) {
        return new NodeException(Category.CONFLICT, "sandbox " + id + " is busy with a " + kind);
    }

    private static <T> T require(SandboxId id, Optional<T> found) {
        return found.orElseThrow(() -> NodeException.notFound(id));
    }
}
