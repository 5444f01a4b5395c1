package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.guest.HookMoment;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
    private static final Duration NEXT_LIFE = Duration.ofMinutes(2);
    private static final ResumeRequest RESUME = new ResumeRequest(NEXT_LIFE);
    private static final ResumeRequest BOOT = new ResumeRequest(NEXT_LIFE, false, false, Optional.empty());

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

    private FakeEngine.Box box(SandboxId id) {
        return machine.engine.box(MachineName.of(id)).orElseThrow();
    }

    private FakeAgent agent(SandboxId id) {
        return machine.guests.links(MachineName.of(id)).getLast();
    }

    /** One whose processes have come as far as that. */
    private SandboxInfo paused(String state, PauseRequest as) {
        var id = host.create(FakeMachine.request()).id();
        box(id).state(state);
        return host.pause(id, as);
    }

    private void assertThatItRestsWith(SandboxId id, Pause pause) {
        soon().untilAsserted(() -> {
            assertThat(host.find(id)).get().extracting(SandboxInfo::pause).isEqualTo(pause);
            assertThat(machine.engine.remains()).isEmpty();
            assertThat(machine.slots.used()).isEmpty();
            assertThat(host.status().paused()).isOne();
        });
        assertThat(host.ended()).isEmpty();
    }

    private static <T> FutureTask<T> start(java.util.concurrent.Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        return task;
    }

    @Test
    void processesGoOnInANewRun() {
        var paused = paused("counted to 7", PauseRequest.USUAL);
        machine.clock.advance(Duration.ofHours(3));

        var info = host.resume(paused.id(), RESUME);

        assertThat(info.state()).isEqualTo(SandboxInfo.State.RUNNING);
        assertThat(info.run()).isEqualTo(2);
        assertThat(info.started()).isEqualTo(machine.clock.instant());
        assertThat(info.deadline()).isEqualTo(machine.clock.instant().plus(NEXT_LIFE));
        assertThat(info.pause()).isEqualTo(Pause.NONE);
        assertThat(info.metadata()).isEqualTo(paused.metadata());
        assertThat(host.find(info.id())).contains(info);
        assertThat(host.list()).containsExactly(info);
        assertThat(box(info.id()).state()).isEqualTo("counted to 7");
        soon().untilAsserted(() ->
                assertThat(machine.sandboxes().resolve(info.id().value())).isDirectoryNotContaining("glob:**memory*"));
    }

    @Test
    void theAgentIsToldOfTheNewRun() {
        var id = paused("", PauseRequest.USUAL).id();

        host.resume(id, RESUME);

        var awakening = agent(id).awakening().orElseThrow();
        assertThat(awakening.sandboxId()).isEqualTo(id.value());
        assertThat(awakening.copy()).isFalse();
        assertThat(awakening.now()).isEqualTo(machine.clock.instant());
        assertThat(awakening.entropy()).hasSizeGreaterThanOrEqualTo(32);
        assertThat(awakening.deadlineSeconds()).isEqualTo(NEXT_LIFE.plus(Introduce.GRACE).toSeconds());
        assertThat(agent(id).hooksRun()).containsExactly(HookMoment.AFTER_RESTORE);
    }

    @Test
    void aResumedSandboxIsWatchedPausedAndAdoptedLikeAnyOther() {
        var id = paused("one", PauseRequest.USUAL).id();
        var info = host.resume(id, RESUME);
        host = machine.restart();
        assertThat(host.find(id)).as("the next server knows its key").contains(info);

        box(id).state("two");
        host.pause(id, PauseRequest.USUAL);
        assertThat(host.resume(id, RESUME).run()).isEqualTo(3);
        assertThat(box(id).state()).isEqualTo("two");

        agent(id).breakLink();
        soon().untilAsserted(() -> assertThat(host.ended()).extracting(EndRecord::cause).containsExactly(EndCause.AGENT_HUNG));
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void fromFilesItBootsAsWhatItWas() {
        var id = paused("gone", new PauseRequest(false, false)).id();

        var info = host.resume(id, RESUME);

        assertThat(info.run()).isEqualTo(2);
        assertThat(box(id).state()).isEqualTo("booted");
        var identity = agent(id).identity().orElseThrow();
        assertThat(identity.environment()).isEqualTo(Map.of("TEMPLATE", "1", "REQUEST", "1"));
        assertThat(identity.defaultUser()).isEqualTo("user");
        assertThat(agent(id).awakening()).isEmpty();
        host = machine.restart();
        assertThat(host.find(id)).contains(info);
    }

    @Test
    void aSavedMemoryCanBeLeftBehind() {
        var id = paused("gone", PauseRequest.USUAL).id();

        host.resume(id, BOOT);

        assertThat(box(id).state()).isEqualTo("booted");
        soon().untilAsserted(() -> assertThat(machine.sandboxes().resolve(id.value())).isDirectoryNotContaining("glob:**memory*"));
    }

    @Test
    void trafficDoesNotBoot() {
        var id = paused("gone", new PauseRequest(false, false)).id();

        assertThatThrownBy(() -> host.resume(id, new ResumeRequest(NEXT_LIFE, true, true, Optional.empty())))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
        assertThatItRestsWith(id, new Pause(Pause.Saved.FILES, true));
    }

    @Test
    void oneThatRunsStaysAsItIs() {
        var info = host.create(FakeMachine.request());

        assertThat(host.resume(info.id(), RESUME)).isEqualTo(info);
    }

    @Test
    void concurrentResumesAreOne() throws Exception {
        var open = new CountDownLatch(1);
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("restore it")) {
                    Interruptibly.await(open);
                }
            }
        });
        var paused = paused("one", PauseRequest.USUAL);
        var resumes = new ArrayList<FutureTask<SandboxInfo>>();
        for (var i = 0; i < 5; i++) {
            resumes.add(start(() -> host.resume(paused.id(), RESUME)));
        }
        soon().until(() -> host.status().starting() == 1);

        assertThat(host.find(paused.id())).as("until it answers").contains(paused);
        assertThatThrownBy(() -> host.extendDeadline(paused.id(), paused.deadline().plusSeconds(1)))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
        open.countDown();

        var info = resumes.getFirst().get();
        for (var resume : resumes) {
            assertThat(resume.get()).isEqualTo(info);
        }
        assertThat(info.run()).isEqualTo(2);
    }

    @Test
    void aKillOfOneThatIsBeingResumedLeavesNothing() throws Exception {
        var reached = new CountDownLatch(1);
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("connect its restored agent")) {
                    reached.countDown();
                    Interruptibly.await(new CountDownLatch(1));
                }
            }
        });
        var id = paused("one", PauseRequest.USUAL).id();
        var resume = start(() -> host.resume(id, RESUME));
        reached.await();

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();

        assertThat(host.find(id)).isEmpty();
        soon().untilAsserted(machine::assertClean);
        assertThatThrownBy(resume::get).cause()
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }

    @Test
    void aRestoreThatFailsLosesNothing() {
        var paused = paused("one", PauseRequest.USUAL);
        machine.engine.failRestores(new EngineException(Category.INTERNAL, "the tool failed"));

        assertThatThrownBy(() -> host.resume(paused.id(), RESUME))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.INTERNAL))
                .hasMessageContaining("the tool failed");

        assertThatItRestsWith(paused.id(), paused.pause());
        assertThat(host.find(paused.id())).contains(paused);
        machine.engine.letRestoresSucceed();
        host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("one");
    }

    @Test
    void whatRanBeforeItsResumeFailedIsSavedAsItIsThen() {
        var paused = paused("one", PauseRequest.USUAL);
        machine.engine.onStart(() -> box(paused.id()).state("two"));
        machine.guests.silence();

        assertThatThrownBy(() -> host.resume(paused.id(), RESUME)).isInstanceOf(NodeException.class);

        assertThatItRestsWith(paused.id(), paused.pause());
        machine.engine.onStart(() -> {});
        machine.guests.speak();
        assertThat(host.resume(paused.id(), RESUME).run()).isEqualTo(2);
        assertThat(box(paused.id()).state()).as("what its disk fits").isEqualTo("two");
    }

    @Test
    void oneThatWasToldOfItsRunBeforeItsResumeFailedCanStillBeReached() {
        var armed = new AtomicBoolean(true);
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("write that it runs again") && armed.getAndSet(false)) {
                    throw new NodeException(Category.INTERNAL, "a fault");
                }
            }
        });
        var paused = paused("one", PauseRequest.USUAL);

        assertThatThrownBy(() -> host.resume(paused.id(), RESUME)).hasMessageContaining("a fault");
        assertThatItRestsWith(paused.id(), paused.pause());

        host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("one");
        host.agent(paused.id()).ping(Duration.ofSeconds(1));
    }

    @Test
    void whatCannotEvenBeSavedAgainKeepsItsFiles() {
        var paused = paused("one", PauseRequest.USUAL);
        machine.engine.onStart(() -> box(paused.id()).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full")));
        machine.guests.silence();

        assertThatThrownBy(() -> host.resume(paused.id(), RESUME)).isInstanceOf(NodeException.class);

        assertThatItRestsWith(paused.id(), new Pause(Pause.Saved.FILES, true));
        machine.engine.onStart(() -> {});
        machine.guests.speak();
        host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("booted");
    }

    @Test
    void aSandboxWhoseEngineDiesWhileItIsResumedKeepsItsFiles() {
        var paused = paused("one", PauseRequest.USUAL);
        host.close();
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("connect its restored agent")) {
                    box(sandbox).die("killed");
                    Interruptibly.await(new CountDownLatch(1));
                }
            }
        });

        assertThatThrownBy(() -> host.resume(paused.id(), RESUME)).isInstanceOf(NodeException.class);

        assertThatItRestsWith(paused.id(), new Pause(Pause.Saved.FILES, true));
    }

    @Test
    void aSandboxWhoseEngineDiesAtTheVeryEndOfItsResumeEnds() {
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("let it be found again")) {
                    box(sandbox).die("exited with status 1");
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                }
            }
        });
        var id = paused("one", PauseRequest.USUAL).id();

        host.resume(id, RESUME);

        soon().untilAsserted(() -> assertThat(host.ended()).singleElement().satisfies(end -> {
            assertThat(end.cause()).isEqualTo(EndCause.ENGINE_DIED);
            assertThat(end.detail()).isEqualTo("exited with status 1");
        }));
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void aPauseAtTheVeryEndOfAResumeTakesNoTurnAway() throws Exception {
        var pausedAgain = new CountDownLatch(1);
        machine.config = machine.config.withStartsAtOnce(1);
        host = machine.restart(new StepObserver() {
            @Override
            public void after(SandboxId sandbox, String step) {
                if (step.equals("let it be found again")) {
                    Interruptibly.await(pausedAgain);
                }
            }
        });
        var id = paused("one", PauseRequest.USUAL).id();
        var resume = start(() -> host.resume(id, RESUME));
        soon().until(() -> host.find(id).orElseThrow().state() == SandboxInfo.State.RUNNING);

        host.pause(id, PauseRequest.USUAL);
        pausedAgain.countDown();
        resume.get();

        host.create(FakeMachine.request());
    }

    @Test
    void aBootThatFailsKeepsTheFiles() {
        var paused = paused("one", PauseRequest.USUAL);
        machine.guests.silence();

        assertThatThrownBy(() -> host.resume(paused.id(), BOOT)).isInstanceOf(NodeException.class);

        assertThatItRestsWith(paused.id(), new Pause(Pause.Saved.FILES, true));
        assertThat(machine.sandboxes().resolve(paused.id().value())).isDirectoryNotContaining("glob:**memory*");
        machine.guests.speak();
        host.resume(paused.id(), BOOT);
    }

    @Test
    void whereTheIntentCannotBeWrittenNothingIsStarted() throws Exception {
        var paused = paused("one", PauseRequest.USUAL);
        var obstacle = machine.sandboxes().resolve(paused.id().value()).resolve("journal.new");
        Files.createDirectory(obstacle);

        assertThatThrownBy(() -> host.resume(paused.id(), RESUME)).isInstanceOf(NodeException.class);
        assertThat(machine.engine.remains()).isEmpty();
        Files.delete(obstacle);

        assertThatItRestsWith(paused.id(), paused.pause());
        host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("one");
    }

    @Test
    void theEndOfTheRunCanBeChosenForThatRun() {
        var id = paused("one", PauseRequest.USUAL).id();
        host.resume(id, new ResumeRequest(NEXT_LIFE, true, false, Optional.of(Lifecycle.OnTimeout.PAUSE)));

        machine.clock.advance(NEXT_LIFE);
        soon().until(() -> host.find(id).orElseThrow().pause().saved() == Pause.Saved.MEMORY);
        soon().until(() -> host.status().paused() == 1);

        host.resume(id, RESUME);
        machine.clock.advance(NEXT_LIFE);
        soon().untilAsserted(() -> assertThat(host.ended()).extracting(EndRecord::cause).containsExactly(EndCause.DEADLINE));
    }
}
