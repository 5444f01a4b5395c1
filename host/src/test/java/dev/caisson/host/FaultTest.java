package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
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
 * Every step of a sandbox's life goes wrong, before and after its effect, by failing, by the death of the server and by that of the
 * sandbox's engine. The
 * steps are those that the host itself lists, so a new one is tested without a word here, and one that no life comes past
 * fails its test ({@link CopyFaultTest} has those of saving for others). All of it with and without standbys, of which one is ready whenever somebody wants a sandbox.
 */
class FaultTest {
    private static final String STATE = "as far as it came";
    private static final ResumeRequest RESUME = new ResumeRequest(FakeMachine.LIFE);

    @TempDir
    private static Path scratch;

    private FakeMachine machine;

    /** What clients were told. */
    private final Set<SandboxId> promised = new HashSet<>();
    private boolean restarted;
    private boolean mayHaveLostItsMemory;
    private boolean lostItsEngine;

    static Stream<Arguments> faults() {
        return Stream.of(0, 1).flatMap(standbys -> steps(standbys).stream()
                .flatMap(step -> Arrays.stream(FaultPoint.Moment.values())
                        .flatMap(moment -> Arrays.stream(FaultPoint.Kind.values())
                                .map(kind -> Arguments.of(standbys, step, moment, kind)))));
    }

    private static List<String> steps(int standbys) {
        try (var probe = new FakeMachine(scratch)) {
            probe.standbys(standbys);
            return probe.open().lifeStepNames();
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

    @ParameterizedTest(name = "{3} {2} ''{1}'', {0} standbys")
    @MethodSource("faults")
    void promisesAreKeptAndNothingLeaks(int standbys, String step, FaultPoint.Moment moment, FaultPoint.Kind kind) throws Exception {
        var fault = new FaultPoint(step, moment, kind, id ->
                machine.engine.box(MachineName.of(id)).ifPresent(box -> box.die("killed")));
        lostItsEngine = kind == FaultPoint.Kind.LOSE_ENGINE;
        machine.standbys(standbys);
        machine.patientAtClose(kind != FaultPoint.Kind.DIE);

        live(fault);

        assertThat(fault.wasHit()).as("a sandbox's life comes past '" + step + "'").isTrue();
        if (kind != FaultPoint.Kind.DIE) {
            soon().until(() -> machine.host().status().ending() == 0);
        }
        machine.stop();
        var before = machine.folders();
        machine.standbys(0);
        var readyBefore = machine.readyForNobody();
        var host = machine.open();
        assertThatTheReportIsTrue(host, before, readyBefore);
        assertThatPromisesAreKept(host);
        host.list().forEach(info -> assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue());
        soon().untilAsserted(machine::assertClean);
    }

    /**
     * Two are made, one is killed, the other is paused and resumed in every way, the server starts anew, the other is killed; or
     * until the fault.
     */
    private void live(FaultPoint fault) throws Exception {
        var host = machine.open(fault);
        var first = create(host, fault);
        var second = create(host, fault);
        if (first.isPresent()) {
            kill(host, first.get(), fault);
        }
        if (second.isPresent()) {
            rest(host, second.get(), fault);
        }
        if (!fault.wasHit()) {
            restarted = true;
            var next = unlessTheServerDies(fault, () -> machine.restart(fault));
            if (next.isPresent() && second.isPresent()) {
                kill(next.get(), second.get(), fault);
            }
        }
    }

    private Optional<SandboxId> create(Host host, FaultPoint fault) throws Exception {
        soon().until(() -> fault.killedTheServer() || host.status().standbys().ready() == machine.config.standbys().most());
        if (fault.killedTheServer()) {
            return Optional.empty();
        }
        var id = unlessTheServerDies(fault, () -> {
            try {
                return Optional.of(host.create(FakeMachine.request()).id());
            } catch (NodeException e) {
                assertThat(fault.wasHit()).as("why it failed: %s", e.getMessage()).isTrue();
                return Optional.<SandboxId>empty();
            }
        }).flatMap(answer -> answer);
        id.ifPresent(promised::add);
        return id;
    }

    private void rest(Host host, SandboxId id, FaultPoint fault) throws Exception {
        machine.engine.box(MachineName.of(id)).ifPresent(box -> box.state(STATE));
        // A pause that fails at its last step.
        var obstacle = machine.sandboxes().resolve(id.value()).resolve("journal.new");
        try {
            Files.createDirectory(obstacle);
        } catch (NoSuchFileException e) {
            assertThat(lostItsEngine && fault.wasHit()).as("it has ended").isTrue();
            return;
        }
        attempt(fault, true, () -> host.pause(id, PauseRequest.USUAL));
        Files.deleteIfExists(obstacle);
        attempt(fault, false, () -> host.pause(id, PauseRequest.USUAL));
        attempt(fault, false, () -> host.resume(id, RESUME));
        attempt(fault, false, () -> host.pause(id, PauseRequest.USUAL));
        mayHaveLostItsMemory = lostItsEngine || !fault.wasHit();
        // A resume that fails, with a memory that cannot be saved again.
        machine.engine.onStart(() -> machine.engine.box(MachineName.of(id)).orElseThrow().failSaves(
                new EngineException(Category.EXHAUSTED, "the disk is full")));
        machine.guests.silence();
        if (mayHaveLostItsMemory) {
            attempt(fault, true, () -> host.resume(id, RESUME));
        }
        machine.engine.onStart(() -> {});
        machine.guests.speak();
        attempt(fault, false, () -> host.resume(id, RESUME));
        attempt(fault, false, () -> host.pause(id, new PauseRequest(false, false)));
        attempt(fault, false, () -> host.resume(id, RESUME));
    }

    /** Something that fails once the fault was hit, and never otherwise unless it is to. */
    private static void attempt(FaultPoint fault, boolean fails, Callable<SandboxInfo> call) throws Exception {
        if (fault.killedTheServer()) {
            return;
        }
        var unused = unlessTheServerDies(fault, () -> {
            try {
                var info = call.call();
                assertThat(fails && !fault.wasHit()).as("it fails").isFalse();
                return Optional.of(info);
            } catch (NodeException e) {
                assertThat(fails || fault.wasHit()).as("why it failed: %s", e.getMessage()).isTrue();
                return Optional.<SandboxInfo>empty();
            }
        });
    }

    private void kill(Host host, SandboxId id, FaultPoint fault) throws Exception {
        if (fault.killedTheServer()) {
            return;
        }
        var answered = unlessTheServerDies(fault, () -> host.kill(id, EndCause.REQUEST));
        // One that was not answered may have happened or not.
        promised.remove(id);
        if (answered.isPresent()) {
            assertThat(host.find(id)).isEmpty();
        }
    }

    /** What the call gave, or nothing if it does not return because the server is dead. */
    private static <T> Optional<T> unlessTheServerDies(FaultPoint fault, Callable<T> call) throws Exception {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        soon().until(() -> task.isDone() || fault.killedTheServer());
        return task.isDone() || fault.kind() != FaultPoint.Kind.DIE ? Optional.of(task.get()) : Optional.empty();
    }

    private void assertThatPromisesAreKept(Host host) {
        for (var id : promised) {
            if (restarted || lostItsEngine) {
                // An adoption that fails or the death of its engine loses the sandbox, but not the record of it.
                assertThat(host.find(id).isPresent() || host.ended().stream().anyMatch(end -> end.id().equals(id))).isTrue();
            } else {
                assertThat(host.find(id)).as("what was promised").isPresent();
            }
        }
        for (var found : host.list()) {
            var info = found.state() == SandboxInfo.State.PAUSED ? assertThatItCanBeResumed(host, found) : found;
            assertThat(machine.engine.box(MachineName.of(info.id()))).as("what is found runs").hasValueSatisfying(box ->
                    assertThat(box.isPaused()).as("and does not stand still").isFalse());
            host.agent(info.id()).ping(HostConfig.defaults().watching().pingDeadline());
        }
    }

    private SandboxInfo assertThatItCanBeResumed(Host host, SandboxInfo paused) {
        var name = MachineName.of(paused.id());
        assertThat(machine.engine.box(name)).as("what is paused does not run").isEmpty();
        if (!mayHaveLostItsMemory) {
            assertThat(paused.pause().saved()).isEqualTo(Pause.Saved.MEMORY);
        }
        var info = host.resume(paused.id(), RESUME);
        if (!mayHaveLostItsMemory) {
            assertThat(machine.engine.box(name).orElseThrow().state()).isEqualTo(STATE);
        }
        return info;
    }

    private void assertThatTheReportIsTrue(Host host, List<String> foldersBefore, List<String> readyBefore) {
        var report = host.repairReport();
        assertThat(report.adopted()).isEqualTo(
                (int) host.list().stream().filter(info -> info.state() == SandboxInfo.State.RUNNING).count());
        var found = host.list().stream().map(SandboxInfo::id).map(SandboxId::value).toList();
        for (var folder : foldersBefore) {
            if (!found.contains(folder) && !readyBefore.contains(folder)) {
                assertThat(report.repaired()).as("what was undone is reported").anyMatch(line -> line.contains(folder));
            }
        }
        var standbys = report.repaired().stream().filter(line -> line.contains("kept ready for nobody")).toList();
        if (readyBefore.isEmpty()) {
            assertThat(standbys).isEmpty();
        } else {
            assertThat(standbys).singleElement().asString().endsWith(": " + readyBefore.size());
        }
    }
}
