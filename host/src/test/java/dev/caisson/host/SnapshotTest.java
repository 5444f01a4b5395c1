package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.Layer;
import dev.caisson.guest.HookMoment;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.ForkRequest;
import dev.caisson.node.ForkResult;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotTest {
    private FakeMachine machine;

    /** What happens to the sandbox; a step named {@code held} waits until it is let go. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private volatile String held = "";
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);

    private final StepObserver observer = new StepObserver() {
        @Override
        public void before(SandboxId sandbox, String step) {
            seen.add(step);
            if (step.equals(held)) {
                reached.countDown();
                Interruptibly.await(letGo);
            }
        }
    };

    @BeforeEach
    void prepare(@TempDir Path data) {
        machine = new FakeMachine(data);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private FakeEngine.Box box(SandboxId id) {
        return machine.engine.box(MachineName.of(id)).orElseThrow();
    }

    private static Category categoryOf(NodeException e) {
        return e.category();
    }

    @Test
    void itStandsStillForNoLongerThanItTakesToSaveIt() {
        var host = machine.open(observer);
        var id = host.create(FakeMachine.request()).id();
        seen.clear();

        var snapshot = host.snapshots().take(id, true);

        assertThat(seen).containsExactly(
                PrepareForSave.NAME, "stop it for a moment", "save a copy of its memory", "copy its disk", "let it run on",
                FlushCopyOfMemory.NAME, "keep the copy of its disk", "keep what was saved");
        assertThat(box(id).isPaused()).isFalse();
        assertThat(snapshot.source()).isEqualTo(id);
        assertThat(snapshot.memory()).isTrue();
        assertThat(snapshot.bytes()).isPositive();
        assertThat(host.snapshots().list()).containsExactly(snapshot);
        assertThat(host.snapshots().find(snapshot.id())).contains(snapshot);
        assertThat(machine.guests.links(MachineName.of(id)).getLast().hooksRun()).containsExactly(HookMoment.BEFORE_SNAPSHOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        PrepareForSave.NAME, "stop it for a moment", "save a copy of its memory", "copy its disk", "let it run on",
        FlushCopyOfMemory.NAME, "keep the copy of its disk", "keep what was saved"
    })
    void whateverFailsItGoesOnAndNothingIsKept(String step) {
        var host = machine.open(new FaultPoint(step, FaultPoint.Moment.AFTER, FaultPoint.Kind.FAIL));
        var id = host.create(FakeMachine.request()).id();

        assertThatThrownBy(() -> host.fork(id, new ForkRequest(1, FakeMachine.LIFE))).isInstanceOf(NodeException.class)
                .hasMessageContaining(step);

        assertThat(box(id).isPaused()).isFalse();
        assertThat(host.find(id)).isPresent();
        host.kill(id, EndCause.REQUEST);
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void aSandboxMadeFromASnapshotGoesOnWithItsMemoryOverItsFiles() {
        var host = machine.open();
        var source = host.create(FakeMachine.request()).id();
        var snapshot = host.snapshots().take(source, true);

        var copy = host.create(FakeMachine.request(snapshot.id().value()));

        var restored = box(copy.id());
        assertThat(restored.spec().layers()).hasSize(box(source).spec().layers().size() + 1);
        assertThat(restored.spec().layers().getFirst().image().toString()).contains("frozen");
        assertThat(restored.spec().layers().subList(1, 3)).isEqualTo(box(source).spec().layers());
        assertThat(copy.templateId()).isEqualTo(host.find(source).orElseThrow().templateId());
        var agent = machine.guests.links(MachineName.of(copy.id())).getLast();
        assertThat(agent.awakening()).hasValueSatisfying(awake -> {
            assertThat(awake.copy()).isTrue();
            assertThat(awake.sandboxId()).isEqualTo(copy.id().value());
        });
        assertThat(agent.hooksRun()).containsExactly(HookMoment.AFTER_RESTORE, HookMoment.AFTER_FORK);
        // What the request wants in the environment is over what the source had.
        assertThat(agent.identity().orElseThrow().environment()).containsEntry("TEMPLATE", "1").containsEntry("REQUEST", "1");
        // The next server finds it, with the key that it was told.
        assertThat(machine.restart().find(copy.id())).isPresent();
    }

    @Test
    void aCopyOfACopyHasBothOfTheirFiles() {
        var host = machine.open();
        var first = host.snapshots().take(host.create(FakeMachine.request()).id(), true);
        var copy = host.create(FakeMachine.request(first.id().value())).id();
        var second = host.snapshots().take(copy, true);
        var last = host.create(FakeMachine.request(second.id().value())).id();

        assertThat(box(last).spec().layers()).hasSize(4);
        assertThat(box(last).spec().layers().subList(1, 4)).isEqualTo(box(copy).spec().layers());
        // A snapshot that is deleted leaves what others stand on.
        host.snapshots().delete(first.id());
        assertThat(box(last).spec().layers()).allSatisfy(layer ->
                assertThat(layer.kind() == Layer.Kind.EROFS || Files.exists(layer.image())).isTrue());
    }

    @Test
    void whatCouldNotRunIsNotSaved() {
        var host = machine.open();
        var id = host.create(FakeMachine.request()).id();
        while (box(id).spec().layers().size() + 2 <= Layer.MOST) {
            var snapshot = host.snapshots().take(id, true);
            host.kill(id, EndCause.REQUEST);
            id = host.create(FakeMachine.request(snapshot.id().value())).id();
        }
        var last = id;

        assertThatThrownBy(() -> host.checkpoints().take(last, "one more"))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT))
                .hasMessageContaining(box(last).spec().layers().size() + " layers");
        assertThat(host.agent(last).processes()).isEmpty();
    }

    @Test
    void withoutMemoryItBootsFromItsFilesWithThisServersAgent() {
        var host = machine.open();
        var source = host.create(FakeMachine.request()).id();
        var snapshot = host.snapshots().take(source, false);

        var copy = host.create(FakeMachine.request(snapshot.id().value())).id();

        assertThat(snapshot.memory()).isFalse();
        var layers = box(copy).spec().layers();
        assertThat(layers).hasSize(3).doesNotHaveDuplicates();
        assertThat(layers.getFirst()).isEqualTo(box(source).spec().layers().getFirst());
        assertThat(layers.get(1).image().toString()).contains("frozen");
        var agent = machine.guests.links(MachineName.of(copy)).getLast();
        assertThat(agent.awakening()).isEmpty();
        assertThat(agent.identity().orElseThrow()).satisfies(identity -> {
            assertThat(identity.defaultUser()).isEqualTo("user");
            assertThat(identity.environment()).containsEntry("TEMPLATE", "1");
        });
    }

    @Test
    void aForkMakesSandboxesLikeTheSourceAndKeepsOnlyWhatTheyStandOn() {
        var host = machine.open();
        var source = host.create(FakeMachine.request());

        var children = host.fork(source.id(), new ForkRequest(3, Duration.ofMinutes(1)));

        var made = children.stream().map(child -> ((ForkResult.Made) child).sandbox()).toList();
        assertThat(made).hasSize(3).extracting(SandboxInfo::id).doesNotHaveDuplicates().doesNotContain(source.id());
        assertThat(made).allSatisfy(child -> {
            assertThat(child.templateId()).isEqualTo(source.templateId());
            assertThat(child.templateNames()).isEqualTo(source.templateNames());
            assertThat(child.metadata()).isEqualTo(source.metadata());
            assertThat(child.secured()).isEqualTo(source.secured());
            assertThat(child.run()).isEqualTo(1);
            assertThat(Duration.between(child.started(), child.deadline())).isEqualTo(Duration.ofMinutes(1));
        });
        assertThat(host.find(source.id())).contains(source);
        assertThat(host.snapshots().list()).isEmpty();
        assertThat(machine.data().resolve("snapshots")).isEmptyDirectory();
        assertThat(machine.data().resolve("frozen").toFile().list()).hasSize(1);

        host = machine.restart();
        assertThat(host.list()).hasSize(4);
        assertThat(machine.data().resolve("frozen").toFile().list()).hasSize(1);
        for (var info : host.list()) {
            host.kill(info.id(), EndCause.REQUEST);
        }
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void aForkWhoseSourceEndsMeanwhileStandsOnAllOfItsFiles() {
        var host = machine.open(observer);
        var snapshot = host.snapshots().take(host.create(FakeMachine.request()).id(), true);
        var source = host.create(FakeMachine.request(snapshot.id().value())).id();
        host.snapshots().delete(snapshot.id());
        held = "make its disk";
        var fork = CompletableFuture.supplyAsync(
                () -> host.fork(source, new ForkRequest(1, FakeMachine.LIFE)), Thread::startVirtualThread);
        Interruptibly.await(reached);

        host.kill(source, EndCause.REQUEST);
        soon().until(() -> machine.engine.box(MachineName.of(source)).isEmpty() && machine.folders().stream().noneMatch(source.value()::equals));
        letGo.countDown();

        var child = ((ForkResult.Made) fork.join().getFirst()).sandbox();
        assertThat(box(child.id()).spec().layers()).hasSize(4).allSatisfy(layer ->
                assertThat(layer.kind() == Layer.Kind.EROFS || Files.exists(layer.image())).isTrue());
    }

    @Test
    void aChildThatFailsIsOneResultAndTheOthersAreMade() {
        machine.config = machine.config.withMostSandboxes(3);
        var host = machine.open();
        var source = host.create(FakeMachine.request()).id();

        var children = host.fork(source, new ForkRequest(4, FakeMachine.LIFE));

        assertThat(children).hasSize(4);
        assertThat(children).filteredOn(child -> child instanceof ForkResult.Made).hasSize(2);
        assertThat(children).filteredOn(child -> child instanceof ForkResult.Failed(var why)
                && why.category() == Category.EXHAUSTED).hasSize(2);
        assertThat(host.find(source)).isPresent();
    }

    @Test
    void aForkMakesOneToAHundred() {
        var host = machine.open();
        var source = host.create(FakeMachine.request()).id();
        for (var count : new int[] {0, -1, 101}) {
            assertThatThrownBy(() -> host.fork(source, new ForkRequest(count, FakeMachine.LIFE)))
                    .isInstanceOfSatisfying(NodeException.class, e -> assertThat(categoryOf(e)).isEqualTo(Category.INVALID));
        }
    }

    @Test
    void whileItIsSavedAnotherSaveAndANewDeadlineAreRefusedAndItsLinkStays() throws Exception {
        held = "save a copy of its memory";
        var host = machine.open(observer);
        var info = host.create(FakeMachine.request());
        var first = CompletableFuture.supplyAsync(() -> host.snapshots().take(info.id(), true), Thread::startVirtualThread);
        Interruptibly.await(reached);

        assertThat(host.find(info.id())).contains(info);
        host.agent(info.id()).ping(Duration.ofSeconds(1));
        assertThatThrownBy(() -> host.snapshots().take(info.id(), true))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(categoryOf(e)).isEqualTo(Category.CONFLICT))
                .hasMessageContaining("cannot be snapshotted while in 'snapshotting' state");
        assertThatThrownBy(() -> host.fork(info.id(), new ForkRequest(1, FakeMachine.LIFE)))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(categoryOf(e)).isEqualTo(Category.CONFLICT));
        assertThatThrownBy(() -> host.setDeadline(info.id(), info.deadline().plusSeconds(1)))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(categoryOf(e)).isEqualTo(Category.CONFLICT))
                .hasMessageContaining("being snapshotted");

        letGo.countDown();
        assertThat(host.snapshots().list()).isSubsetOf(first.get());
        assertThat(host.setDeadline(info.id(), info.deadline().plusSeconds(1)).deadline()).isEqualTo(info.deadline().plusSeconds(1));
    }

    @Test
    void aKillWaitsForASaveAndThenHappens() {
        held = "keep what was saved";
        var host = machine.open(observer);
        var id = host.create(FakeMachine.request()).id();
        var snapshot = CompletableFuture.supplyAsync(() -> host.snapshots().take(id, true), Thread::startVirtualThread);
        Interruptibly.await(reached);

        var killed = CompletableFuture.supplyAsync(() -> host.kill(id, EndCause.REQUEST), Thread::startVirtualThread);
        soon().until(() -> host.find(id).isEmpty());
        assertThat(machine.engine.remains()).isNotEmpty();
        letGo.countDown();

        assertThat(killed.join()).isTrue();
        soon().untilAsserted(() -> assertThat(machine.engine.remains()).isEmpty());
        assertThat(host.snapshots().find(snapshot.join().id())).isPresent();
    }

    @Test
    void aDeadlineThatPassesMeanwhileEndsItAfterwards() {
        held = "copy its disk";
        var host = machine.open(observer);
        var id = host.create(FakeMachine.request()).id();
        var snapshot = CompletableFuture.supplyAsync(() -> host.snapshots().take(id, true), Thread::startVirtualThread);
        Interruptibly.await(reached);
        machine.clock.advance(FakeMachine.LIFE.plusSeconds(1));
        letGo.countDown();
        snapshot.join();

        soon().untilAsserted(() -> assertThat(host.ended()).anyMatch(end -> end.id().equals(id) && end.cause() == EndCause.DEADLINE));
    }

    @Test
    void anAgentThatDoesNotAnswerRefusesIt() {
        var host = machine.open(observer);
        var id = host.create(FakeMachine.request()).id();
        machine.guests.links(MachineName.of(id)).getLast().breakLink();
        assertThatThrownBy(() -> host.snapshots().take(id, true)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(categoryOf(e)).isEqualTo(Category.UNAVAILABLE));
        assertThat(seen).doesNotContain("stop it for a moment");
    }

    @Test
    void whatIsNotThereCannotBeSavedOrStarted() {
        var host = machine.open();
        assertThatThrownBy(() -> host.snapshots().take(SandboxId.random(), true)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(categoryOf(e)).isEqualTo(Category.NOT_FOUND));
        assertThatThrownBy(() -> host.create(FakeMachine.request(SnapshotId.random().value()))).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(categoryOf(e)).isEqualTo(Category.NOT_FOUND));
        assertThat(host.snapshots().delete(SnapshotId.random())).isFalse();
    }

    @Test
    void checkpointsAreTheSandboxesOwnAndGoWithIt() {
        var host = machine.open();
        var id = host.create(FakeMachine.request()).id();
        var other = host.create(FakeMachine.request()).id();
        var first = host.checkpoints().take(id, "first");
        machine.clock.advance(Duration.ofSeconds(1));
        var second = host.checkpoints().take(id, "second");

        assertThat(host.checkpoints().list(id)).containsExactly(second, first);
        assertThat(host.checkpoints().list(other)).isEmpty();
        assertThat(host.snapshots().list()).isEmpty();
        assertThat(host.snapshots().delete(first.id())).isFalse();
        assertThatThrownBy(() -> host.create(FakeMachine.request(first.id().value()))).isInstanceOf(NodeException.class);
        assertThatThrownBy(() -> host.checkpoints().delete(other, first.id())).isInstanceOf(NodeException.class);
        host.checkpoints().delete(id, first.id());
        assertThat(machine.restart().checkpoints().list(id)).containsExactly(second);

        var found = new ArrayList<SandboxId>(List.of(id, other));
        found.forEach(sandbox -> machine.host().kill(sandbox, EndCause.REQUEST));
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void whatASandboxThatIsGoneHadSavedGoesAtTheNextStart() {
        var host = machine.open();
        var id = host.create(FakeMachine.request()).id();
        host.checkpoints().take(id, "");
        var snapshot = host.snapshots().take(id, true);

        var next = machine.reboot();

        assertThat(next.snapshots().list()).containsExactly(snapshot);
        assertThat(machine.data().resolve("snapshots").toFile().list()).containsExactly(snapshot.id().value());
        assertThat(machine.data().resolve("frozen").toFile().list()).hasSize(1);
    }

    @Test
    void aDamagedSnapshotIsReportedAndNotStarted() throws Exception {
        var host = machine.open();
        var snapshot = host.snapshots().take(host.create(FakeMachine.request()).id(), true);
        var memory = machine.data().resolve("snapshots").resolve(snapshot.id().value()).resolve("memory");
        Files.delete(memory.resolve("key"));

        assertThatThrownBy(() -> host.create(FakeMachine.request(snapshot.id().value()))).isInstanceOf(NodeException.class)
                .hasMessageContaining("damaged");
        var next = machine.restart();
        assertThat(next.repairReport().repaired()).anyMatch(line -> line.contains(snapshot.id().value()) && line.contains("damaged"));
        assertThat(next.snapshots().list()).isEmpty();
    }
}
