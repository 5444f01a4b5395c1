package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.HookMoment;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PauseTest {
    private static final PauseRequest FILES = new PauseRequest(false, false);
    private static final PauseRequest STRICT = new PauseRequest(true, true);

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

    /** Agents that do not answer are nobody's affair but the pause's. */
    private void watchSlowly() {
        machine.config = machine.config.with(new HostConfig.Watching(
                Duration.ofHours(1), Duration.ofHours(1), 4, Duration.ofMillis(5)));
        host = machine.restart();
    }

    /** Holds every sandbox before that step until the latch is open. */
    private CountDownLatch hold(String step) {
        var open = new CountDownLatch(1);
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String name) {
                if (name.equals(step)) {
                    Interruptibly.await(open);
                }
            }
        });
        return open;
    }

    private static <T> FutureTask<T> start(java.util.concurrent.Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void assertCategory(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Category category, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(category))
                .hasMessageContaining(text);
    }

    private void assertThatItGoesOn(SandboxInfo info, GuestAgent agent) {
        assertThat(host.find(info.id())).contains(info);
        assertThat(host.agent(info.id())).as("its link was not cut").isSameAs(agent);
        assertThat(box(info.id()).isPaused()).isFalse();
        assertThat(machine.sandboxes().resolve(info.id().value())).isDirectoryNotContaining("glob:**memory*");
        assertThat(host.status().running()).isOne();
    }

    @Test
    void aPausedSandboxIsOnTheDiskOnly() {
        var info = host.create(FakeMachine.request());
        machine.clock.advance(Duration.ofSeconds(7));

        var paused = host.pause(info.id(), PauseRequest.USUAL);

        assertThat(paused).isEqualTo(info.pausedAt(machine.clock.instant(), new Pause(Pause.Saved.MEMORY, true)));
        assertThat(host.find(info.id())).contains(paused);
        assertThat(host.list()).containsExactly(paused);
        assertThat(machine.engine.remains()).isEmpty();
        assertThat(machine.engine.released()).containsExactly(MachineName.of(info.id()));
        assertThat(machine.slots.used()).isEmpty();
        assertThat(host.status()).isEqualTo(new HostStatus(1000, 0, 0, 1, 0, java.util.List.of(), host.status().standbys()));
        assertThat(host.ended()).isEmpty();
    }

    @Test
    void nothingReachesAPausedSandbox() {
        var id = host.create(FakeMachine.request()).id();
        var link = agent(id);

        host.pause(id, PauseRequest.USUAL);

        assertThatThrownBy(() -> link.ping(Duration.ofSeconds(1))).as("its link is closed").isInstanceOf(RuntimeException.class);
        assertCategory(() -> host.agent(id), Category.NOT_FOUND, id.value());
        assertCategory(() -> host.dial(id, 80), Category.NOT_FOUND, id.value());
        assertCategory(() -> host.setDeadline(id, machine.clock.instant()), Category.NOT_FOUND, id.value());
        assertCategory(() -> host.extendDeadline(id, machine.clock.instant()), Category.NOT_FOUND, id.value());
        assertCategory(() -> host.pause(id, PauseRequest.USUAL), Category.CONFLICT, "already paused");
    }

    @Test
    void aPauseOfOneThatIsNotThereIsNotFound() {
        assertCategory(() -> host.pause(SandboxId.random(), PauseRequest.USUAL), Category.NOT_FOUND, "doesn't exist");
        assertCategory(
                () -> host.resume(SandboxId.random(), new ResumeRequest(FakeMachine.LIFE)), Category.NOT_FOUND, "doesn't exist");
    }

    @Test
    void aPausedSandboxDoesNotCountAndIsCountedAgainWhenItIsResumed() {
        machine.config = machine.config.withMostSandboxes(1);
        host = machine.restart();
        var first = host.create(FakeMachine.request()).id();
        host.pause(first, PauseRequest.USUAL);
        var second = host.create(FakeMachine.request()).id();

        assertCategory(() -> host.resume(first, new ResumeRequest(FakeMachine.LIFE)), Category.EXHAUSTED, "limit of 1 sandboxes");
        assertThat(host.find(first)).get().extracting(SandboxInfo::state).isEqualTo(SandboxInfo.State.PAUSED);

        host.kill(second, EndCause.REQUEST);
        assertThat(host.resume(first, new ResumeRequest(FakeMachine.LIFE)).state()).isEqualTo(SandboxInfo.State.RUNNING);
        assertCategory(() -> host.create(FakeMachine.request()), Category.EXHAUSTED, "limit of 1 sandboxes");
    }

    @Test
    void aKillOfAPausedSandboxLeavesNothing() {
        var id = host.create(FakeMachine.request()).id();
        host.pause(id, PauseRequest.USUAL);

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();

        assertThat(host.find(id)).isEmpty();
        assertThat(host.kill(id, EndCause.REQUEST)).isFalse();
        assertCategory(() -> host.resume(id, new ResumeRequest(FakeMachine.LIFE)), Category.NOT_FOUND, id.value());
        machine.assertClean();
        assertThat(host.ended()).extracting(EndRecord::cause).containsExactly(EndCause.REQUEST);
    }

    @Test
    void onlyFilesAreSavedWhereThatIsAskedFor() {
        var id = host.create(FakeMachine.request()).id();

        var paused = host.pause(id, FILES);

        assertThat(paused.pause()).isEqualTo(new Pause(Pause.Saved.FILES, true));
        assertThat(machine.sandboxes().resolve(id.value())).isDirectoryNotContaining("glob:**memory*");
        assertThat(machine.engine.released()).containsExactly(MachineName.of(id));
    }

    @Test
    void itIsFoundPausedFromTheFirstMomentAndOnce() throws Exception {
        var open = hold("save its memory");
        var info = host.create(FakeMachine.request());
        var pause = start(() -> host.pause(info.id(), PauseRequest.USUAL));
        soon().until(() -> box(info.id()).isPaused());

        assertThat(host.find(info.id())).contains(info.pausedAt(machine.clock.instant(), Pause.NONE));
        assertThat(host.list()).hasSize(1);
        assertCategory(() -> host.setDeadline(info.id(), info.deadline()), Category.CONFLICT, "is being paused");
        assertCategory(() -> host.extendDeadline(info.id(), info.deadline()), Category.CONFLICT, "is being paused");
        assertCategory(() -> host.agent(info.id()), Category.NOT_FOUND, info.id().value());

        open.countDown();
        assertThat(pause.get()).isEqualTo(host.find(info.id()).orElseThrow());
    }

    @Test
    void concurrentPausesJoinAndAResumeWaits() throws Exception {
        var open = hold("save its memory");
        var id = host.create(FakeMachine.request()).id();
        var pauses = new ArrayList<FutureTask<SandboxInfo>>();
        for (var i = 0; i < 5; i++) {
            pauses.add(start(() -> host.pause(id, PauseRequest.USUAL)));
        }
        soon().until(() -> box(id).isPaused());
        var resume = start(() -> host.resume(id, new ResumeRequest(FakeMachine.LIFE)));
        open.countDown();

        for (var pause : pauses) {
            assertThat(pause.get().pause().saved()).isEqualTo(Pause.Saved.MEMORY);
        }
        assertThat(resume.get()).satisfies(info -> {
            assertThat(info.state()).isEqualTo(SandboxInfo.State.RUNNING);
            assertThat(info.run()).isEqualTo(2);
        });
    }

    @Test
    void aKillStopsThePauseThatIsNotCommittedAndLeavesNothing() throws Exception {
        var open = hold("save its memory");
        var id = host.create(FakeMachine.request()).id();
        var pause = start(() -> host.pause(id, PauseRequest.USUAL));
        soon().until(() -> box(id).isPaused());

        var kill = start(() -> host.kill(id, EndCause.REQUEST));
        soon().until(() -> host.find(id).isEmpty());
        open.countDown();

        assertThat(kill.get()).isTrue();
        assertThatThrownBy(pause::get).cause().isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        soon().untilAsserted(machine::assertClean);
        assertThat(host.ended()).extracting(EndRecord::cause).containsExactly(EndCause.REQUEST);
    }

    @Test
    void aKillWaitsForAPauseThatIsCommittedAndLeavesNothing() throws Exception {
        var open = hold(Pauses.TELL);
        var id = host.create(FakeMachine.request()).id();
        var pause = start(() -> host.pause(id, PauseRequest.USUAL));
        soon().until(() -> host.find(id).orElseThrow().pause().saved() == Pause.Saved.MEMORY);

        var kill = start(() -> host.kill(id, EndCause.REQUEST));
        soon().until(() -> host.find(id).isEmpty());
        open.countDown();

        assertThat(kill.get()).isTrue();
        assertThat(pause.get().id()).isEqualTo(id);
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void aKillDoesNotWaitForATurnToBeSaved() throws Exception {
        var usual = machine.config.patience();
        machine.config = machine.config.withStartsAtOnce(1).with(new HostConfig.Patience(
                Duration.ofHours(1), usual.slot(), usual.link(), usual.kill(), usual.close(), usual.firstRetry(), usual.lastRetry()));
        var open = hold("save its memory");
        var first = host.create(FakeMachine.request()).id();
        var second = host.create(FakeMachine.request()).id();
        var saving = start(() -> host.pause(first, PauseRequest.USUAL));
        soon().until(() -> box(first).isPaused());
        var waiting = start(() -> host.pause(second, PauseRequest.USUAL));
        soon().until(() -> agent(second).patience().equals(Optional.of(Duration.ZERO)));

        assertThat(host.kill(second, EndCause.REQUEST)).isTrue();

        soon().until(waiting::isDone);
        assertThatThrownBy(waiting::get).cause().isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        assertThat(saving.isDone()).isFalse();
        open.countDown();
        assertThat(saving.get().id()).isEqualTo(first);
    }

    @Test
    void whereItsMemoryCannotBeSavedItGoesOn() {
        var info = host.create(FakeMachine.request());
        var agent = host.agent(info.id());
        box(info.id()).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));

        assertCategory(() -> host.pause(info.id(), PauseRequest.USUAL), Category.EXHAUSTED, "the disk is full");

        assertThatItGoesOn(info, agent);
        assertThat(box(info.id()).resumes()).isOne();
    }

    @Test
    void whereThePauseCannotBeWrittenDownItGoesOnAlsoUnderTheNextServer() throws Exception {
        var info = host.create(FakeMachine.request());
        var agent = host.agent(info.id());
        var obstacle = machine.sandboxes().resolve(info.id().value()).resolve("journal.new");
        Files.createDirectory(obstacle);

        assertCategory(() -> host.pause(info.id(), PauseRequest.USUAL), Category.INTERNAL, "could not write that it is paused");

        assertThatItGoesOn(info, agent);
        assertThat(box(info.id()).resumes()).isOne();
        Files.delete(obstacle);
        host = machine.restart();
        assertThat(host.find(info.id())).contains(info);
    }

    @Test
    void whereTheDiskHasNoRoomForItsMemoryItDoesNotEvenStandStill() {
        var saves = machine.config.saves();
        machine.config = machine.config.with(new HostConfig.Saves(
                saves.agent(), saves.hooks(), Long.MAX_VALUE / 2, saves.overtime(), saves.transition()));
        host = machine.restart();
        var info = host.create(FakeMachine.request());
        var agent = host.agent(info.id());

        assertCategory(() -> host.pause(info.id(), PauseRequest.USUAL), Category.EXHAUSTED, "its memory needs");

        assertThatItGoesOn(info, agent);
        assertThat(box(info.id()).resumes()).isZero();
        assertThat(host.pause(info.id(), FILES).pause().saved()).as("its files need none").isEqualTo(Pause.Saved.FILES);
    }

    @Test
    void anAgentThatIsDeadIsRememberedUnlessItHadToAnswer() {
        watchSlowly();
        var info = host.create(FakeMachine.request());
        var agent = host.agent(info.id());
        agent(info.id()).breakLink();

        assertCategory(() -> host.pause(info.id(), STRICT), Category.UNAVAILABLE, "its agent did not answer");
        assertCategory(() -> host.pause(info.id(), FILES), Category.UNAVAILABLE, "its agent did not answer");
        assertThatItGoesOn(info, agent);

        var paused = host.pause(info.id(), PauseRequest.USUAL);

        assertThat(paused.pause()).isEqualTo(new Pause(Pause.Saved.MEMORY, false));
        assertThatThrownBy(() -> host.resume(info.id(), new ResumeRequest(FakeMachine.LIFE)))
                .isInstanceOfSatisfying(NodeException.class, e -> {
                    assertThat(e.category()).isEqualTo(Category.CONFLICT);
                    assertThat(e.reason()).isEqualTo(NodeException.Reason.AGENT_WAS_UNRESPONSIVE);
                });
        assertThat(host.resume(info.id(), new ResumeRequest(FakeMachine.LIFE, false, false, Optional.empty())).state())
                .isEqualTo(SandboxInfo.State.RUNNING);
    }

    @Test
    void anAgentThatIsHeldUpByAnotherQuestionIsNotDead() throws Exception {
        var saves = machine.config.saves();
        machine.config = machine.config.with(new HostConfig.Saves(
                Duration.ofMillis(1), saves.hooks(), saves.spareBytes(), saves.overtime(), saves.transition()));
        var machinery = machine.another();
        var sandbox = machine.created(machinery);
        sandbox.assembly().words().lock();
        var pause = start(() -> machinery.pauses().pause(sandbox, STRICT));
        soon().until(() -> sandbox.assembly().words().hasQueuedThreads());
        soon().during(Duration.ofMillis(50)).until(() -> !pause.isDone());
        sandbox.assembly().words().unlock();

        assertThat(pause.get().pause()).isEqualTo(new Pause(Pause.Saved.MEMORY, true));
    }

    @Test
    void anAgentIsAskedTwice() {
        watchSlowly();
        var id = host.create(FakeMachine.request()).id();
        agent(id).missNextAnswer();

        assertThat(host.pause(id, STRICT).pause()).isEqualTo(new Pause(Pause.Saved.MEMORY, true));
    }

    @Test
    void anAgentThatCouldNotBeWokenUpIsNotSaved() {
        var info = host.create(FakeMachine.request());
        agent(info.id()).capabilities(Set.of("deadline"));

        assertThatThrownBy(() -> host.pause(info.id(), PauseRequest.USUAL)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.UNSUPPORTED));

        assertThat(host.find(info.id())).contains(info);
        assertThat(host.pause(info.id(), FILES).pause().saved()).isEqualTo(Pause.Saved.FILES);
    }

    @Test
    void theAgentIsToldToWaitForEverAndOfThePause() {
        var id = host.create(FakeMachine.request()).id();
        var agent = agent(id);

        host.pause(id, PauseRequest.USUAL);

        assertThat(agent.patience()).as("what it saved of its own deadline").contains(Duration.ZERO);
        assertThat(agent.hooksRun()).containsExactly(HookMoment.BEFORE_SNAPSHOT);
    }

    @Test
    void aSandboxThatDiesBeforeItIsSavedEnds() {
        var id = host.create(FakeMachine.request()).id();
        box(id).failSaves(new EngineException(Category.INTERNAL, "the tool failed"));
        host.close();
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("save its memory")) {
                    box(id).die("out of memory");
                }
            }
        });

        assertCategory(() -> host.pause(id, PauseRequest.USUAL), Category.NOT_FOUND, id.value());

        assertThat(host.ended()).extracting(EndRecord::cause).containsExactly(EndCause.ENGINE_DIED);
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void whatItRanAsThatWillNotGoIsTriedAgainAndItIsNotResumedBefore() throws Exception {
        var id = host.create(FakeMachine.request()).id();
        machine.engine.wedge(MachineName.of(id));

        var paused = host.pause(id, PauseRequest.USUAL);

        assertThat(paused.pause().saved()).isEqualTo(Pause.Saved.MEMORY);
        assertThat(host.find(id)).contains(paused);
        assertThat(machine.slots.used()).as("nobody else gets its network").isNotEmpty();
        assertThat(host.status().stuck()).singleElement().satisfies(stuck -> assertThat(stuck.id()).isEqualTo(id));
        var resume = start(() -> host.resume(id, new ResumeRequest(FakeMachine.LIFE)));
        soon().during(Duration.ofMillis(50)).until(() -> !resume.isDone());

        machine.engine.unwedge(MachineName.of(id));
        assertThat(resume.get().run()).isEqualTo(2);
        soon().until(() -> host.status().stuck().isEmpty());
    }

    @Test
    void oneThatWillNotGoCanBeKilledAllTheSame() {
        var id = host.create(FakeMachine.request()).id();
        machine.engine.wedge(MachineName.of(id));
        host.pause(id, PauseRequest.USUAL);

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();
        assertThat(host.find(id)).isEmpty();
        machine.engine.unwedge(MachineName.of(id));

        soon().untilAsserted(machine::assertClean);
        soon().until(() -> host.status().stuck().isEmpty() && host.status().ending() == 0);
    }

    @Test
    void listenersAreToldInOrder() {
        var told = new CopyOnWriteArrayList<String>();
        host.addListener(new SandboxListener() {
            @Override
            public void running(SandboxInfo sandbox, GuestAgent agent) {
                told.add("running");
            }

            @Override
            public void pausing(SandboxInfo sandbox) {
                told.add("pausing " + host.find(sandbox.id()).orElseThrow().state());
            }

            @Override
            public void goesOn(SandboxInfo sandbox) {
                told.add("goes on");
            }

            @Override
            public void paused(SandboxInfo sandbox) {
                told.add("paused " + sandbox.pause().saved() + " alive " + box(sandbox.id()).isAlive());
            }

            @Override
            public void resumed(SandboxInfo sandbox, GuestAgent agent) {
                agent.ping(Duration.ofSeconds(1));
                told.add("resumed in run " + sandbox.run());
            }

            @Override
            public void ended(EndRecord end) {
                told.add("ended");
            }
        });
        var id = host.create(FakeMachine.request()).id();
        box(id).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));
        assertThatThrownBy(() -> host.pause(id, PauseRequest.USUAL)).isInstanceOf(NodeException.class);
        host.pause(id, FILES);
        host.resume(id, new ResumeRequest(FakeMachine.LIFE));
        host.kill(id, EndCause.REQUEST);

        assertThat(told).containsExactly(
                "running", "pausing PAUSED", "goes on", "pausing PAUSED", "paused FILES alive true", "resumed in run 2", "ended");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereNobodyHearsWhetherItGoesOnItsAgentIsAsked(boolean standsStill) {
        watchSlowly();
        var info = host.create(FakeMachine.request());
        var agent = host.agent(info.id());
        var box = box(info.id());
        agent(info.id()).onPing(() -> {
            if (box.isPaused()) {
                throw new GuestException(Category.TIMEOUT, "it stands still");
            }
        });
        box.failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));
        box.failNextResume(standsStill);

        assertCategory(() -> host.pause(info.id(), PauseRequest.USUAL), Category.EXHAUSTED, "the disk is full");

        assertThatItGoesOn(info, agent);
        assertThat(box.isAlive()).as("one resume too many ends it").isTrue();
        box.savesSucceed();
        assertThat(host.pause(info.id(), PauseRequest.USUAL).pause().saved()).isEqualTo(Pause.Saved.MEMORY);
    }

    /** Throws an error that nobody expects, once, before that step. */
    private void defectAt(String step) {
        var armed = new AtomicBoolean(true);
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String name) {
                if (name.equals(step) && armed.compareAndSet(true, false)) {
                    throw new LinkageError("a defect");
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask whether its agent answers", "save its memory", "write that it is paused"})
    void afterADefectInAPauseItGoesOn(String step) {
        defectAt(step);
        var info = host.create(FakeMachine.request());
        var agent = host.agent(info.id());

        assertCategory(() -> host.pause(info.id(), PauseRequest.USUAL), Category.INTERNAL, "a defect");

        assertThatItGoesOn(info, agent);
        assertThat(host.pause(info.id(), PauseRequest.USUAL).pause().saved()).isEqualTo(Pause.Saved.MEMORY);
        assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue();
        machine.assertClean();
    }

    @Test
    void afterADefectInAResumeItRestsAgain() {
        defectAt("restore it");
        var id = host.create(FakeMachine.request()).id();
        var paused = host.pause(id, PauseRequest.USUAL);

        assertCategory(() -> host.resume(id, new ResumeRequest(FakeMachine.LIFE)), Category.INTERNAL, "a defect");

        soon().untilAsserted(() -> assertThat(host.find(id)).contains(paused));
        assertThat(host.resume(id, new ResumeRequest(FakeMachine.LIFE)).run()).isEqualTo(2);
    }

    @Test
    void aListenerWithADefectKeepsNobodyWaiting() {
        host.addListener(new SandboxListener() {
            @Override
            public void pausing(SandboxInfo sandbox) {
                throw new LinkageError("a defect");
            }
        });
        var id = host.create(FakeMachine.request()).id();

        assertThat(host.pause(id, PauseRequest.USUAL).pause().saved()).isEqualTo(Pause.Saved.MEMORY);
    }

    @Test
    void aTransitionThatStopsUnforeseenIsNotWaitedForAndOneThatIsNotSavedEnds() {
        var machinery = machine.another();
        var sandbox = machine.created(machinery);
        var pausing = new Phase.Pausing(sandbox.assembly().journal().info());
        sandbox.change(now -> pausing);

        machinery.rests().guard(sandbox, pausing.answer(), pausing.over(), () -> {
            throw new LinkageError("a defect");
        });

        assertThat(pausing.answer()).isCompletedExceptionally();
        assertThat(pausing.over()).isCompleted();
        assertThat(sandbox.phase()).isInstanceOf(Phase.Ending.class);
        machine.assertClean();
    }
}
