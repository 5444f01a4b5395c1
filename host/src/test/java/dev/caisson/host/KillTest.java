package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.StandbyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KillTest {
    @TempDir
    private static Path scratch;

    private FakeMachine machine;

    @BeforeEach
    void prepare(@TempDir Path data) {
        machine = new FakeMachine(data);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void aSandboxThatWillNotGoIsFoundNoMoreKeepsItsSlotAndGoesInTheEnd() {
        var host = machine.open();
        var id = host.create(FakeMachine.request()).id();
        machine.engine.wedge(MachineName.of(id));

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();

        assertThat(host.find(id)).isEmpty();
        assertThat(machine.slots.used()).as("nobody else gets its network").containsExactly(1);
        assertThat(machine.folders()).containsExactly(id.value());
        soon().untilAsserted(() -> assertThat(host.status().stuck()).singleElement().satisfies(stuck -> {
            assertThat(stuck.id()).isEqualTo(id);
            assertThat(stuck.step()).isEqualTo("undo: start it");
            assertThat(stuck.failure()).contains("does not go away");
            assertThat(stuck.attempts()).isGreaterThan(2);
        }));
        assertThat(host.kill(id, EndCause.REQUEST)).as("it is gone for its owner").isFalse();
        assertThat(host.findEnding(id)).as("it is gone for its owner").isEmpty();

        machine.engine.unwedge(MachineName.of(id));
        soon().untilAsserted(machine::assertClean);
        soon().untilAsserted(() -> assertThat(host.status()).isEqualTo(new HostStatus(1000, 0, 0, 0, 0, List.of(), StandbyStatus.OFF)));
    }

    @Test
    void aSandboxThatWillNotGoIsTakenUpAgainAfterARestart() {
        var host = machine.open();
        var id = host.create(FakeMachine.request()).id();
        machine.engine.wedge(MachineName.of(id));
        host.kill(id, EndCause.REQUEST);

        var next = machine.restart();

        assertThat(next.list()).isEmpty();
        assertThat(next.repairReport().repaired()).singleElement().asString()
                .contains(id.value(), "REQUEST", "tried again");
        assertThat(machine.slots.used()).containsExactly(1);
        machine.engine.unwedge(MachineName.of(id));
        soon().untilAsserted(machine::assertClean);
        assertThat(next.ended()).singleElement().satisfies(end -> assertThat(end.cause()).isEqualTo(EndCause.REQUEST));
    }

    @Test
    void aKillAnswersWhileTheEngineIsStillAtWork() {
        var removing = new CountDownLatch(1);
        var mayGo = new CountDownLatch(1);
        var host = machine.open(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("undo: start it")) {
                    removing.countDown();
                    Interruptibly.await(mayGo);
                }
            }
        });
        var id = host.create(FakeMachine.request()).id();

        // The engine goes on only below, so the answer comes by the patience that HostConfigTest pins, or never.
        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();
        assertThat(removing.getCount()).isZero();
        assertThat(host.find(id)).isEmpty();
        assertThat(host.findEnding(id)).get().extracting(SandboxInfo::owner).isEqualTo("team");
        assertThatThrownBy(() -> host.setDeadline(id, machine.clock.instant()))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT))
                .hasMessageContaining("is being killed");
        mayGo.countDown();
        soon().untilAsserted(machine::assertClean);
        soon().until(() -> host.findEnding(id).isEmpty());
    }

    @Test
    void concurrentKillsJoinAndItEndsOnce() throws Exception {
        var mayGo = new CountDownLatch(1);
        var host = machine.open(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("undo: start it")) {
                    Interruptibly.await(mayGo);
                }
            }
        });
        var id = host.create(FakeMachine.request()).id();
        var kills = new ArrayList<FutureTask<Boolean>>();
        for (var i = 0; i < 10; i++) {
            var kill = new FutureTask<>(() -> host.kill(id, EndCause.REQUEST));
            kills.add(kill);
            Thread.ofVirtual().start(kill);
        }
        soon().until(() -> host.find(id).isEmpty());
        mayGo.countDown();

        for (var kill : kills) {
            kill.get();
        }
        assertThat(host.ended()).hasSize(1);
        machine.assertClean();
    }

    @Test
    void whereNothingCanBeWrittenKillSucceedsAllTheSame() throws IOException {
        var host = machine.open();
        var id = host.create(FakeMachine.request()).id();
        // A folder where a file is to be written fails for root as well.
        Files.createDirectory(machine.sandboxes().resolve(id.value()).resolve("journal.new"));
        Files.createDirectory(machine.data().resolve("ended.jsonl"));

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();

        machine.assertClean();
        assertThat(host.ended()).singleElement().satisfies(end -> assertThat(end.id()).isEqualTo(id));
    }

    static List<String> creationSteps() {
        try (var probe = new FakeMachine(scratch)) {
            var names = probe.open().lifeStepNames();
            return names.subList(names.indexOf("admit it") + 1, names.indexOf(Endings.CUT_LINK));
        }
    }

    @ParameterizedTest
    @MethodSource("creationSteps")
    void aSandboxThatIsBeingMadeCanBeKilled(String step) throws Exception {
        var reached = new CompletableFuture<SandboxId>();
        var host = machine.open(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String name) {
                if (name.equals(step) && reached.complete(sandbox)) {
                    Interruptibly.await(new CountDownLatch(1));
                }
            }
        });
        var create = new FutureTask<SandboxInfo>(() -> host.create(FakeMachine.request()));
        Thread.ofVirtual().start(create);
        var id = reached.get();
        assertThat(host.find(id)).isEmpty();

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();

        machine.assertClean();
        assertThatThrownBy(create::get).hasCauseInstanceOf(NodeException.class).hasMessageContaining("it was killed");
        assertThat(host.status()).isEqualTo(new HostStatus(1000, 0, 0, 0, 0, List.of(), StandbyStatus.OFF));
        host.create(FakeMachine.request());
    }

    @Test
    void theDeathOfTheEngineDuringAStartFailsItAtOnce() {
        var host = machine.open(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String name) {
                if (name.equals("connect its agent")) {
                    machine.engine.box(MachineName.of(sandbox)).orElseThrow().die("exited with status 1");
                    Interruptibly.await(new CountDownLatch(1));
                }
            }
        });

        assertThatThrownBy(() -> host.create(FakeMachine.request()))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.INTERNAL))
                .hasMessageContaining("exited with status 1");
        machine.assertClean();
    }

    @Test
    void anAgentThatDoesNotAnswerAHostThatClosedEndsNothing() {
        try (var machinery = machine.another()) {
            var sandbox = machine.created(machinery);

            machinery.close();
            machinery.endings().hung(sandbox, "its link was cut");

            assertThat(sandbox.running()).isPresent();
            assertThat(machine.engine.remains()).containsExactly(MachineName.of(sandbox.id()));
        }
    }

    @Test
    void closingUndoesWhatIsBeingMadeAndLeavesWhatRuns() throws Exception {
        var reached = new CompletableFuture<SandboxId>();
        var host = machine.open(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String name) {
                if (name.equals("connect its agent") && machine.folders().size() > 1 && reached.complete(sandbox)) {
                    Interruptibly.await(new CountDownLatch(1));
                }
            }
        });
        var runs = host.create(FakeMachine.request()).id();
        var create = new FutureTask<SandboxInfo>(() -> host.create(FakeMachine.request()));
        Thread.ofVirtual().start(create);
        reached.get();

        host.close();

        assertThat(machine.engine.remains()).containsExactly(MachineName.of(runs));
        assertThatThrownBy(create::get).hasCauseInstanceOf(NodeException.class);
        assertThatThrownBy(() -> host.create(FakeMachine.request())).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
    }
}
