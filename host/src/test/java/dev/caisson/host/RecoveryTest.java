package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest {
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

    private Path journal(SandboxId id) {
        return machine.sandboxes().resolve(id.value()).resolve("journal.json");
    }

    private FakeEngine.Box box(SandboxId id) {
        return machine.engine.box(MachineName.of(id)).orElseThrow();
    }

    private EndRecord onlyEnd() {
        assertThat(host.ended()).hasSize(1);
        return host.ended().getFirst();
    }

    @Test
    void whatRunsGoesOnUnderTheNextServer() {
        var infos = List.of(host.create(FakeMachine.request()), host.create(FakeMachine.request()));

        host = machine.restart();

        assertThat(new HashSet<>(host.list())).isEqualTo(new HashSet<>(infos));
        assertThat(host.repairReport().adopted()).isEqualTo(2);
        assertThat(host.repairReport().repaired()).isEmpty();
        assertThat(host.ended()).isEmpty();
        assertThat(machine.slots.used()).containsExactlyInAnyOrder(1, 2);
        for (var info : infos) {
            host.agent(info.id()).processes();
            assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue();
        }
        machine.assertClean();
    }

    @Test
    void whatAServerLeftStandingStillOrNotGoesOn() {
        var still = host.create(FakeMachine.request());
        var running = host.create(FakeMachine.request());
        box(still.id()).leaveInTheMiddle(true);
        box(running.id()).leaveInTheMiddle(false);

        host = machine.restart();

        assertThat(host.repairReport().adopted()).isEqualTo(2);
        for (var info : List.of(still, running)) {
            assertThat(box(info.id()).isPaused()).isFalse();
            assertThat(box(info.id()).mayStandStill()).isFalse();
            host.agent(info.id()).processes();
        }
    }

    @Test
    void adoptedSandboxesAreWatchedLikeNewOnes() {
        var died = host.create(FakeMachine.request()).id();
        var hung = host.create(FakeMachine.request()).id();
        host = machine.restart();

        machine.engine.box(MachineName.of(died)).orElseThrow().die("killed");
        machine.guests.links(MachineName.of(hung)).getLast().breakLink();

        soon().untilAsserted(() -> assertThat(host.ended())
                .extracting(EndRecord::cause)
                .containsExactlyInAnyOrder(EndCause.ENGINE_DIED, EndCause.AGENT_HUNG));
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void whatDiedMeanwhileIsRecordedAndRemoved() {
        var id = host.create(FakeMachine.request()).id();
        host.close();
        machine.engine.box(MachineName.of(id)).orElseThrow().die("killed");

        host = machine.restart();

        machine.assertClean();
        assertThat(onlyEnd()).satisfies(end -> {
            assertThat(end.id()).isEqualTo(id);
            assertThat(end.owner()).isEqualTo("team");
            assertThat(end.cause()).isEqualTo(EndCause.ENGINE_DIED);
        });
        assertThat(host.repairReport().repaired()).singleElement().asString()
                .contains(id.value(), "ENGINE_DIED", "removed");
    }

    @Test
    void afterARebootAllAreGoneWithTheirCause() {
        var id = host.create(FakeMachine.request()).id();

        host = machine.reboot();

        machine.assertClean();
        assertThat(onlyEnd().id()).isEqualTo(id);
        assertThat(onlyEnd().cause()).isEqualTo(EndCause.HOST_RESTARTED);
        assertThat(onlyEnd().owner()).isEqualTo("team");
        assertThat(host.repairReport().adopted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "not json", "[]", "{}", "{\"format\":1}", "{\"format\":99}", "\u0000\u0000", "{\"format\":1,\"bootId\":null}"
    })
    void aJournalThatCannotBeReadEndsItsSandboxAndIsKept(String content) throws IOException {
        var broken = host.create(FakeMachine.request()).id();
        var whole = host.create(FakeMachine.request()).id();
        host.close();
        Files.writeString(journal(broken), content);

        host = machine.restart();

        assertThat(host.list()).singleElement().satisfies(info -> assertThat(info.id()).isEqualTo(whole));
        assertThat(machine.engine.remains()).containsExactly(MachineName.of(whole));
        assertThat(machine.data().resolve("quarantine").resolve(broken + ".json")).hasContent(content);
        assertThat(onlyEnd().cause()).isEqualTo(EndCause.FAILED);
        assertThat(host.repairReport().repaired()).anyMatch(line -> line.contains("could not be read"));
    }

    @Test
    void theJournalOfAnotherSandboxIsNotBelieved() throws IOException {
        var one = host.create(FakeMachine.request()).id();
        var other = host.create(FakeMachine.request()).id();
        host.close();
        Files.copy(journal(one), journal(other), StandardCopyOption.REPLACE_EXISTING);

        host = machine.restart();

        assertThat(machine.engine.remains()).containsExactly(MachineName.of(one));
        assertThat(host.list()).hasSize(1);
    }

    @Test
    void aFolderWithoutJournalIsHalfMade() throws IOException {
        var id = host.create(FakeMachine.request()).id();
        host.close();
        Files.delete(journal(id));

        host = machine.restart();

        machine.assertClean();
        assertThat(host.repairReport().repaired()).anyMatch(line -> line.contains(id.value()));
    }

    @Test
    void whatTheEngineHasWithoutAFolderIsRemoved() throws IOException {
        var id = host.create(FakeMachine.request()).id();
        host.close();
        for (var file : List.of("journal.json", "")) {
            Files.delete(machine.sandboxes().resolve(id.value()).resolve(file));
        }

        host = machine.restart();

        machine.assertClean();
        assertThat(host.repairReport().repaired()).anyMatch(line -> line.contains(MachineName.of(id)) && line.contains("engine"))
                .anyMatch(line -> line.contains(MachineName.of(id)) && line.contains("disk"));
    }

    @Test
    void whatIsNoSandboxIsLeftAloneAndReported() throws IOException {
        Files.writeString(machine.sandboxes().resolve("notes.txt"), "mine");

        host = machine.restart();

        assertThat(host.repairReport().repaired()).singleElement().asString().contains("notes.txt", "left alone");
        assertThat(machine.sandboxes().resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void aSandboxWhoseNetworkIsGoneEnds() {
        host.create(FakeMachine.request());
        host.close();
        machine.slots.dismantle();

        host = machine.restart();

        machine.assertClean();
        assertThat(onlyEnd().cause()).isEqualTo(EndCause.FAILED);
    }

    @Test
    void aSandboxWhoseAgentDoesNotAnswerEnds() {
        host.create(FakeMachine.request());
        machine.guests.silence();

        host = machine.restart();

        machine.assertClean();
        assertThat(onlyEnd().cause()).isEqualTo(EndCause.FAILED);
        assertThat(onlyEnd().detail()).contains("agent", "restart of the server");
        assertThat(host.repairReport().adopted()).isZero();
    }

    @Test
    void aSandboxThatDiesWhileItIsConnectedIsTakenApartUndisturbed() {
        var id = host.create(FakeMachine.request()).id();
        var disturbed = new ConcurrentLinkedQueue<String>();

        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("connect its agent")) {
                    machine.engine.box(MachineName.of(id)).orElseThrow().die("killed");
                    Interruptibly.await(new CountDownLatch(1));
                } else if (Thread.currentThread().isInterrupted()) {
                    disturbed.add(step);
                }
            }
        });

        assertThat(disturbed).isEmpty();
        assertThat(onlyEnd().cause()).isEqualTo(EndCause.ENGINE_DIED);
        machine.assertClean();
    }

    @Test
    void aSecondServerIsRefusedWhileTheFirstLives() {
        host.create(FakeMachine.request());

        assertThatThrownBy(() -> machine.open()).isInstanceOfSatisfying(NodeException.class, e -> {
            assertThat(e.category()).isEqualTo(Category.CONFLICT);
            assertThat(e).hasMessageContaining("another server");
        });
        assertThat(host.list()).hasSize(1);
    }

    @Test
    void theEndsOfEarlierServersAreRemembered() {
        var id = host.create(FakeMachine.request()).id();
        host.kill(id, EndCause.REQUEST);

        host = machine.restart();

        assertThat(onlyEnd().id()).isEqualTo(id);
        assertThat(host.repairReport().repaired()).isEmpty();
    }
}
