package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.ForkRequest;
import dev.caisson.node.ForkResult;
import dev.caisson.node.NodeException;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import dev.caisson.node.SnapshotInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * As {@link FaultTest}, for the steps by which a sandbox is saved that goes on, and others go on from there. Whatever breaks, the
 * source goes on, what was promised is there, and nothing else is.
 */
class CopyFaultTest {
    @TempDir
    private static Path scratch;

    private FakeMachine machine;
    private final Set<SandboxId> promised = new HashSet<>();
    private final Set<SnapshotId> snapshots = new HashSet<>();

    static Stream<Arguments> faults() {
        try (var probe = new FakeMachine(scratch)) {
            return probe.open().copyStepNames().stream().flatMap(step -> Arrays.stream(FaultPoint.Moment.values())
                    .flatMap(moment -> Arrays.stream(FaultPoint.Kind.values()).map(kind -> Arguments.of(step, moment, kind))));
        }
    }

    @BeforeEach
    void prepare(@TempDir Path data) {
        machine = new FakeMachine(data);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @ParameterizedTest(name = "{2} {1} ''{0}''")
    @MethodSource("faults")
    void promisesAreKeptAndNothingLeaks(String step, FaultPoint.Moment moment, FaultPoint.Kind kind) throws Exception {
        var fault = new FaultPoint(step, moment, kind, id ->
                machine.engine.box(MachineName.of(id)).ifPresent(box -> box.die("killed")));
        machine.patientAtClose(kind != FaultPoint.Kind.DIE);
        var host = machine.open(clearing(fault));
        var source = host.create(FakeMachine.request()).id();
        promised.add(source);

        live(host, source, fault);

        assertThat(fault.wasHit()).as("a sandbox's life comes past '" + step + "'").isTrue();
        if (kind == FaultPoint.Kind.LOSE_ENGINE) {
            soon().until(() -> host.status().ending() == 0);
            // Who lost it is gone, and on record; or it was not there yet, or it was rolled back from that.
            promised.removeIf(id -> host.ended().stream().anyMatch(end -> end.id().equals(id)));
        }
        if (kind != FaultPoint.Kind.DIE) {
            assertThatAllGoOn(host);
        }
        var next = machine.restart();
        assertThatAllGoOn(next);
        assertThat(next.snapshots().list()).extracting(SnapshotInfo::id).containsAll(snapshots);
        next.list().forEach(info -> next.kill(info.id(), EndCause.REQUEST));
        next.snapshots().list().forEach(snapshot -> next.snapshots().delete(snapshot.id()));
        soon().untilAsserted(machine::assertClean);
    }

    /** It is saved for nothing, once; then it goes on in others, of which one ends; or until the fault. */
    private void live(Host host, SandboxId source, FaultPoint fault) throws Exception {
        machine.engine.box(MachineName.of(source)).orElseThrow()
                .failSaves(new EngineException(Category.EXHAUSTED, "the disk is full"));
        attempt(fault, () -> {
            assertThatThrownBy(() -> host.snapshots().take(source, true)).isInstanceOf(NodeException.class);
            return true;
        });
        if (fault.wasHit() && (host.find(source).isEmpty() || machine.engine.box(MachineName.of(source)).isEmpty())) {
            // It was stopped and could not be let go on, or lost its engine: nothing but that ends it.
            if (fault.kind() == FaultPoint.Kind.FAIL) {
                assertThat(host.ended()).singleElement().satisfies(end -> assertThat(end.detail()).contains("undo: " + StopForSave.NAME));
            }
            promised.remove(source);
            return;
        }
        machine.engine.box(MachineName.of(source)).ifPresent(FakeEngine.Box::savesSucceed);
        var snapshot = attempt(fault, () -> host.snapshots().take(source, true).id());
        snapshot.ifPresent(snapshots::add);
        if (snapshot.isPresent()) {
            attempt(fault, () -> host.create(FakeMachine.request(snapshot.get().value())).id()).ifPresent(promised::add);
        }
        var child = attempt(fault, () -> host.fork(source, new ForkRequest(1, FakeMachine.LIFE)).getFirst())
                .flatMap(result -> result instanceof ForkResult.Made(var info) ? Optional.of(info.id()) : Optional.empty());
        child.ifPresent(promised::add);
        machine.engine.box(MachineName.of(source)).ifPresent(box -> box.state("before"));
        var checkpoint = attempt(fault, () -> host.checkpoints().take(source, "before").id());
        machine.engine.box(MachineName.of(source)).ifPresent(box -> box.state("after"));
        if (checkpoint.isPresent() && host.find(source).isPresent()) {
            rollBack(host, source, checkpoint.get(), fault);
        }
        if (child.isPresent()) {
            promised.remove(child.get());
            attempt(fault, () -> host.kill(child.get(), EndCause.REQUEST));
        }
    }

    /** Takes the obstacle away before its victim is undone. */
    private StepObserver clearing(FaultPoint fault) {
        return new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals(StepRunner.undoOf(new WriteRolledBack()))) {
                    obstacle(sandbox).toFile().delete();
                }
                fault.before(sandbox, step);
            }

            @Override
            public void after(SandboxId sandbox, String step) {
                fault.after(sandbox, step);
            }
        };
    }

    /** A folder where a file is to be written. */
    private Path obstacle(SandboxId id) {
        return machine.sandboxes().resolve(id.value()).resolve("journal.new");
    }

    /** The first time it fails at its last step. */
    private void rollBack(Host host, SandboxId id, SnapshotId checkpoint, FaultPoint fault) throws Exception {
        Files.createDirectory(obstacle(id));
        attempt(fault, () -> {
            assertThatThrownBy(() -> host.checkpoints().rollBack(id, checkpoint)).isInstanceOf(NodeException.class);
            return true;
        });
        Files.deleteIfExists(obstacle(id));
        attempt(fault, () -> host.checkpoints().rollBack(id, checkpoint));
    }

    /** What the call gave; nothing if it failed by the fault, or the server is dead. */
    private static <T> Optional<T> attempt(FaultPoint fault, Callable<T> call) throws Exception {
        if (fault.killedTheServer()) {
            return Optional.empty();
        }
        var task = new FutureTask<>(() -> {
            try {
                return Optional.of(call.call());
            } catch (NodeException e) {
                assertThat(fault.wasHit()).as("why it failed: %s", e.getMessage()).isTrue();
                return Optional.<T>empty();
            }
        });
        Thread.ofVirtual().start(task);
        soon().until(() -> task.isDone() || fault.killedTheServer());
        return task.isDone() ? task.get() : Optional.empty();
    }

    private void assertThatAllGoOn(Host host) {
        assertThat(host.list()).extracting(SandboxInfo::id).containsAll(promised);
        for (var found : host.list()) {
            var info = found.state() == SandboxInfo.State.PAUSED ? host.resume(found.id(), new ResumeRequest(FakeMachine.LIFE)) : found;
            assertThat(machine.engine.box(MachineName.of(info.id()))).as("it runs").hasValueSatisfying(box ->
                    assertThat(box.isPaused()).as("it stands still").isFalse());
            host.agent(info.id()).ping(HostConfig.defaults().watching().pingDeadline());
        }
    }
}
