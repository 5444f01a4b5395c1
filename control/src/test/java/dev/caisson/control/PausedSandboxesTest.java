package dev.caisson.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import dev.caisson.node.testing.FakeTransitions.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PausedSandboxesTest {
    private static final Team TEAM = new Team("team-a", "A", "a", 2, Duration.ofHours(1));
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final FakeNode node = new FakeNode(clock);
    private final SandboxControl control = SandboxControl.of(
            node, new Templates(node, new TemplateUses(new FakeUses(), clock)), new FakeSnapshotStore(), clock);
    private final PausedSandboxes paused = control.paused();

    private SandboxInfo create(Duration timeout) {
        return control.sandboxes().create(TEAM, new NewSandbox(
                "base", Optional.of(timeout), true, Optional.empty(), Lifecycle.OnTimeout.PAUSE, true, Ingress.OPEN, Map.of(), Map.of()));
    }

    private SandboxInfo pausedOne(Duration timeout) {
        var id = create(timeout).id();
        paused.pause(TEAM, id.value(), PauseRequest.USUAL);
        return node.find(id).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"15,300", "420,420", "3600,3600"})
    void trafficBringsItBackForWhatItWasMadeWithWithinBounds(long madeWith, long expected) {
        var sandbox = pausedOne(Duration.ofSeconds(madeWith));
        var woken = paused.wake(TEAM, sandbox);
        assertThat(Duration.between(woken.started(), woken.deadline())).hasSeconds(expected);
        control.sandboxes().setTimeout(TEAM, woken.id().value(), Duration.ofSeconds(600));
        paused.pause(TEAM, woken.id().value(), PauseRequest.USUAL);
        var again = paused.wake(TEAM, node.find(woken.id()).orElseThrow());
        assertThat(Duration.between(again.started(), again.deadline())).as("a later timeout changes nothing").hasSeconds(expected);
    }

    @Test
    void theTeamsLongestRunHoldsForTrafficToo() {
        var small = new Team(TEAM.id(), "A", "a", 2, Duration.ofSeconds(60));
        var woken = paused.wake(small, pausedOne(Duration.ofSeconds(30)));
        assertThat(Duration.between(woken.started(), woken.deadline())).hasSeconds(60);
    }

    @Test
    void trafficDoesNotBootWhatHasNoMemory() {
        var id = create(Duration.ofSeconds(60)).id();
        node.transitions().hold(Kind.PAUSE);
        var pause = run(() -> paused.pause(TEAM, id.value(), new PauseRequest(false, false)));
        await().until(() -> node.transitions().begun(Kind.PAUSE) == 1);
        var wake = run(() -> paused.wake(TEAM, node.find(id).orElseThrow()));
        node.transitions().release(Kind.PAUSE);
        pause.join();
        assertThat(wake.handle((done, failure) -> failure).join()).hasCauseInstanceOf(NodeException.class);
        assertThat(node.find(id).orElseThrow().state()).isEqualTo(SandboxInfo.State.PAUSED);
    }

    /** All who want the same sandbox back need one place together. */
    @Test
    void severalWhoWantOneSandboxBackTakeOnePlace() {
        var sandbox = pausedOne(Duration.ofSeconds(60));
        create(Duration.ofSeconds(60));
        node.transitions().hold(Kind.RESUME);
        var calls = Stream.generate(() -> run(() -> paused.connect(TEAM, sandbox.id().value(), Optional.empty(), true))).limit(4).toList();
        await().until(() -> node.transitions().begun(Kind.RESUME) == 1);
        assertThatThrownBy(() -> create(Duration.ofSeconds(60)))
                .isInstanceOfSatisfying(ControlException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));
        node.transitions().release(Kind.RESUME);
        calls.forEach(CompletableFuture::join);
        assertThat(node.list()).allMatch(one -> one.state() == SandboxInfo.State.RUNNING).hasSize(2);
        control.sandboxes().kill(TEAM, sandbox.id().value());
        create(Duration.ofSeconds(60));
    }

    private static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, Thread::startVirtualThread);
    }
}
