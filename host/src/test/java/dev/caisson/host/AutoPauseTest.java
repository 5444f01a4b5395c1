package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoPauseTest {
    private static final Duration OVERTIME = HostConfig.defaults().saves().overtime();

    private FakeMachine machine;
    private Host host;

    @BeforeEach
    void open(@TempDir Path data) {
        machine = new FakeMachine(data);
        host = machine.open();
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private SandboxInfo create(Lifecycle.OnTimeout onTimeout) {
        return host.create(new CreateRequest(
                "base", Optional.empty(), "team", FakeMachine.LIFE, true, true, Ingress.OPEN, new Lifecycle(onTimeout, false, FakeMachine.LIFE),
                Map.of(), Map.of()));
    }

    private FakeEngine.Box box(SandboxId id) {
        return machine.engine.box(MachineName.of(id)).orElseThrow();
    }

    private void awaitPause(SandboxId id, Pause.Saved saved) {
        soon().untilAsserted(() -> {
            assertThat(host.find(id)).get().extracting(info -> info.pause().saved()).isEqualTo(saved);
            assertThat(machine.engine.remains()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({"PAUSE,MEMORY", "PAUSE_FILES,FILES"})
    void itIsPausedWhenItsTimeIsUpAndNotBefore(Lifecycle.OnTimeout onTimeout, Pause.Saved saved) {
        var info = create(onTimeout);

        machine.clock.advance(FakeMachine.LIFE.minusMillis(1));
        soon().during(Duration.ofMillis(50)).until(() -> host.find(info.id()).orElseThrow().equals(info));
        machine.clock.advance(Duration.ofMillis(1));

        awaitPause(info.id(), saved);
        assertThat(host.find(info.id()).orElseThrow().deadline()).isEqualTo(info.deadline());
        assertThat(host.ended()).isEmpty();
    }

    @Test
    void aPausedSandboxHasNoDeadlineAndTheNextRunEndsAsTheFirst() {
        var id = create(Lifecycle.OnTimeout.PAUSE).id();
        machine.clock.advance(FakeMachine.LIFE);
        awaitPause(id, Pause.Saved.MEMORY);
        machine.clock.advance(Duration.ofDays(30));
        soon().during(Duration.ofMillis(50)).until(() -> host.find(id).isPresent());

        host.resume(id, new ResumeRequest(FakeMachine.LIFE));
        machine.clock.advance(FakeMachine.LIFE);

        awaitPause(id, Pause.Saved.MEMORY);
    }

    @Test
    void aDeadlineThatIsSetToNowPausesAtOnce() {
        var id = create(Lifecycle.OnTimeout.PAUSE).id();

        host.setDeadline(id, machine.clock.instant());

        awaitPause(id, Pause.Saved.MEMORY);
    }

    @Test
    void aSandboxWhoseAgentIsDeadIsPausedAllTheSame() {
        machine.config = machine.config.with(new HostConfig.Watching(
                Duration.ofHours(1), Duration.ofHours(1), 4, Duration.ofMillis(5)));
        host = machine.restart();
        var id = create(Lifecycle.OnTimeout.PAUSE_FILES).id();
        machine.guests.links(MachineName.of(id)).getLast().breakLink();

        machine.clock.advance(FakeMachine.LIFE);

        awaitPause(id, Pause.Saved.FILES);
        assertThat(host.find(id).orElseThrow().pause().agentAnswered()).isFalse();
    }

    @Test
    void oneThatCannotBePausedGoesOnAndIsTriedAgain() {
        var info = create(Lifecycle.OnTimeout.PAUSE);
        box(info.id()).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));

        machine.clock.advance(FakeMachine.LIFE);
        soon().until(() -> box(info.id()).resumes() == 1);
        soon().untilAsserted(() -> assertThat(host.find(info.id())).as("its time is up, and it runs").contains(info));

        // The clock of this test stands still between the attempts.
        for (var attempts = 2; attempts < 5; attempts++) {
            var expected = attempts;
            machine.clock.advance(Duration.ofMillis(50));
            soon().until(() -> box(info.id()).resumes() == expected);
        }
        box(info.id()).savesSucceed();
        soon().until(() -> host.find(info.id()).orElseThrow().equals(info));
        machine.clock.advance(Duration.ofMillis(50));
        awaitPause(info.id(), Pause.Saved.MEMORY);
    }

    @Test
    void aDeadlineThatIsMovedMeanwhileCounts() {
        var info = create(Lifecycle.OnTimeout.PAUSE);
        box(info.id()).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));
        machine.clock.advance(FakeMachine.LIFE);
        soon().until(() -> box(info.id()).resumes() == 1 && host.find(info.id()).orElseThrow().equals(info));

        var moved = host.extendDeadline(info.id(), machine.clock.instant().plus(FakeMachine.LIFE));
        machine.clock.advance(Duration.ofMinutes(1));

        soon().during(Duration.ofMillis(50)).until(() -> box(info.id()).resumes() == 1);
        assertThat(host.find(info.id())).contains(moved);
    }

    @Test
    void afterAWhileItsFilesOnlyAreSaved() {
        var info = create(Lifecycle.OnTimeout.PAUSE);
        box(info.id()).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));
        machine.clock.advance(FakeMachine.LIFE);
        soon().until(() -> box(info.id()).resumes() == 1 && host.find(info.id()).orElseThrow().equals(info));

        machine.clock.advance(OVERTIME.plusSeconds(1));

        awaitPause(info.id(), Pause.Saved.FILES);
    }

    @Test
    void waitingForOthersToBeSavedOnlyDelaysIt() throws Exception {
        machine.config = machine.config.withStartsAtOnce(1);
        var usual = machine.config.patience();
        machine.config = machine.config.with(new HostConfig.Patience(
                Duration.ofMillis(50), usual.slot(), usual.link(), usual.kill(), usual.close(), usual.firstRetry(), usual.lastRetry()));
        var open = new CountDownLatch(1);
        var first = new AtomicReference<SandboxId>();
        var turns = new AtomicInteger();
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("save its memory") && sandbox.equals(first.get())) {
                    Interruptibly.await(open);
                }
                turns.addAndGet(step.equals("undo: await its turn to be saved") ? 1 : 0);
            }
        });
        var held = create(Lifecycle.OnTimeout.KILL).id();
        first.set(held);
        var info = create(Lifecycle.OnTimeout.PAUSE);
        var agent = machine.guests.links(MachineName.of(info.id())).getLast();
        host.setDeadline(held, machine.clock.instant().plus(Duration.ofDays(1)));
        var saving = new FutureTask<>(() -> host.pause(held, PauseRequest.USUAL));
        Thread.ofVirtual().start(saving);
        soon().until(() -> box(held).isPaused());

        machine.clock.advance(FakeMachine.LIFE);
        soon().until(() -> turns.get() == 1 && host.find(info.id()).orElseThrow().equals(info));
        for (var attempts = 2; attempts < 5; attempts++) {
            var expected = attempts;
            machine.clock.advance(OVERTIME.plusSeconds(1));
            soon().until(() -> turns.get() == expected && host.find(info.id()).orElseThrow().equals(info));
        }
        assertThat(agent.hooksRun()).as("it is not made ready for what does not happen").isEmpty();
        open.countDown();
        saving.get();
        machine.clock.advance(OVERTIME.plusSeconds(1));

        awaitPause(info.id(), Pause.Saved.MEMORY);
        assertThat(host.ended()).isEmpty();
    }

    @Test
    void theTimeInWhichNoServerWasThereToPauseItDoesNotCount() {
        var info = create(Lifecycle.OnTimeout.PAUSE);
        box(info.id()).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));
        machine.stop();
        machine.clock.advance(Duration.ofDays(1));
        host = machine.open();

        for (var attempts = 1; attempts < 4; attempts++) {
            var expected = attempts;
            soon().until(() -> box(info.id()).resumes() == expected);
            machine.clock.advance(Duration.ofMillis(50));
        }
        box(info.id()).savesSucceed();
        soon().until(() -> {
            machine.clock.advance(Duration.ofMillis(50));
            return host.find(info.id()).orElseThrow().pause().saved() == Pause.Saved.MEMORY;
        });
        assertThat(host.ended()).isEmpty();
    }

    @Test
    void andWhereNotEvenTheseCanBeSavedItEndsInTheEnd() {
        var info = create(Lifecycle.OnTimeout.PAUSE);
        box(info.id()).failFlushes(new EngineException(Category.INTERNAL, "the disk is broken"));
        machine.clock.advance(FakeMachine.LIFE);
        soon().until(() -> box(info.id()).resumes() == 1 && host.find(info.id()).orElseThrow().equals(info));

        machine.clock.advance(OVERTIME.multipliedBy(2).plusSeconds(1));

        soon().untilAsserted(() -> assertThat(host.ended()).singleElement().satisfies(end -> {
            assertThat(end.cause()).isEqualTo(EndCause.DEADLINE);
            assertThat(end.detail()).contains("could not be paused for 20 minutes");
        }));
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void aServerThatWasDownAtTheDeadlinePausesWhenItIsBack() {
        var paused = create(Lifecycle.OnTimeout.PAUSE);
        var killed = create(Lifecycle.OnTimeout.KILL);
        box(paused.id()).state("as far as it came");
        host.close();
        machine.clock.advance(FakeMachine.LIFE.multipliedBy(100));

        host = machine.restart();

        awaitPause(paused.id(), Pause.Saved.MEMORY);
        assertThat(host.ended()).extracting(EndRecord::id).containsExactly(killed.id());
        host.resume(paused.id(), new ResumeRequest(FakeMachine.LIFE));
        assertThat(box(paused.id()).state()).isEqualTo("as far as it came");
    }

    @Test
    void theAgentOfASandboxThatIsToBePausedWaitsForAServerForADay() {
        var id = create(Lifecycle.OnTimeout.PAUSE).id();
        var agent = machine.guests.links(MachineName.of(id)).getLast();

        soon().untilAsserted(() -> assertThat(agent.patience()).contains(FakeMachine.LIFE.plus(Duration.ofDays(1))));
        assertThat(agent.identity().orElseThrow().deadlineSeconds()).isEqualTo(FakeMachine.LIFE.plus(Duration.ofDays(1)).toSeconds());
    }
}
