package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.host.journal.MachineName;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbackTest {
    private FakeMachine machine;
    private Host host;
    private SandboxInfo sandbox;
    private SnapshotId checkpoint;

    @BeforeEach
    void prepare(@TempDir Path data) throws IOException {
        machine = new FakeMachine(data);
        host = machine.open();
        sandbox = host.create(FakeMachine.request());
        box().state("then");
        Files.writeString(disk(), "files of then");
        checkpoint = host.checkpoints().take(sandbox.id(), "then").id();
        box().state("now");
        Files.writeString(disk(), "files of now");
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private SandboxId id() {
        return sandbox.id();
    }

    private FakeEngine.Box box() {
        return machine.engine.box(MachineName.of(id())).orElseThrow();
    }

    private Path disk() {
        return SandboxFolder.of(machine.sandboxes(), id()).disk();
    }

    private void assertItIsAsThen(SandboxInfo info) {
        assertThat(info.id()).isEqualTo(id());
        assertThat(info.state()).isEqualTo(SandboxInfo.State.RUNNING);
        assertThat(host.find(id())).contains(info);
        assertThat(box().state()).isEqualTo("then");
        assertThat(disk()).hasContent("disk of " + sandbox.diskBytes());
        assertThat(box().spec().layers()).hasSize(3);
        assertThat(box().spec().layers().getFirst().image()).hasContent("files of then");
        host.agent(id()).ping(Duration.ofSeconds(1));
    }

    @Test
    void aRunningSandboxIsPutBackInPlace() {
        var info = host.checkpoints().rollBack(id(), checkpoint);

        assertItIsAsThen(info);
        assertThat(info.run()).isEqualTo(2);
        assertThat(info.deadline()).isEqualTo(sandbox.deadline());
        assertThat(info.metadata()).isEqualTo(sandbox.metadata());
        assertThat(machine.guests.links(MachineName.of(id())).getLast().awakening()).hasValueSatisfying(awake ->
                assertThat(awake.copy()).as("the same state goes on a second time").isTrue());
        // Again, also after it was put back once, and by the next server.
        box().state("later");
        host = machine.restart();
        assertItIsAsThen(host.checkpoints().rollBack(id(), checkpoint));
        assertThat(host.checkpoints().list(id())).hasSize(1);
    }

    @Test
    void whatComesAfterACheckpointStandsOnItAndCanBeGoneBackToAsWell() throws IOException {
        host.checkpoints().rollBack(id(), checkpoint);
        box().state("second");
        Files.writeString(disk(), "files of the second");
        machine.clock.advance(Duration.ofSeconds(1));
        var second = host.checkpoints().take(id(), "second").id();
        host.checkpoints().rollBack(id(), checkpoint);
        assertThat(box().state()).isEqualTo("then");

        host.checkpoints().rollBack(id(), second);

        assertThat(box().state()).isEqualTo("second");
        assertThat(box().spec().layers()).hasSize(4);
        assertThat(box().spec().layers().getFirst().image()).hasContent("files of the second");
        assertThat(box().spec().layers().get(1).image()).hasContent("files of then");
        host.kill(id(), EndCause.REQUEST);
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void aPausedSandboxIsPutBackAndRuns() {
        host.pause(id(), PauseRequest.USUAL);

        var info = host.checkpoints().rollBack(id(), checkpoint);

        assertItIsAsThen(info);
        host.pause(id(), PauseRequest.USUAL);
        host.resume(id(), new ResumeRequest(FakeMachine.LIFE));
        assertThat(box().state()).isEqualTo("then");
    }

    @Test
    void oneThatCannotBeRestoredIsPausedAtTheCheckpoint() {
        machine.engine.failRestores(new EngineException(Category.EXHAUSTED, "no memory"));

        assertThatThrownBy(() -> host.checkpoints().rollBack(id(), checkpoint)).isInstanceOf(NodeException.class)
                .hasMessageContaining("paused at the checkpoint");

        assertThat(host.find(id())).hasValueSatisfying(info -> {
            assertThat(info.state()).isEqualTo(SandboxInfo.State.PAUSED);
            assertThat(info.pause().saved()).isEqualTo(Pause.Saved.MEMORY);
        });
        // By the next server too, on a machine that was restarted.
        host = machine.reboot();
        assertItIsAsThen(host.resume(id(), new ResumeRequest(FakeMachine.LIFE)));
    }

    @Test
    void oneWhoseRestoredAgentDoesNotAnswerIsPausedAtTheCheckpointAsOften() {
        for (var attempt = 0; attempt < 2; attempt++) {
            machine.guests.silence();
            assertThatThrownBy(() -> host.checkpoints().rollBack(id(), checkpoint)).isInstanceOf(NodeException.class);
            machine.guests.speak();
        }
        assertItIsAsThen(host.resume(id(), new ResumeRequest(FakeMachine.LIFE)));
    }

    @Test
    void whereNothingCanBeWrittenItGoesOnAsItWas() throws IOException {
        var obstacle = Files.createDirectory(machine.sandboxes().resolve(id().value()).resolve("journal.new"));

        assertThatThrownBy(() -> host.checkpoints().rollBack(id(), checkpoint)).isInstanceOf(NodeException.class);

        Files.delete(obstacle);
        assertThat(host.find(id())).contains(sandbox);
        assertThat(box().state()).isEqualTo("now");
        assertThat(box().isPaused()).isFalse();
        assertThat(disk()).hasContent("files of now");
        assertThat(host.setDeadline(id(), sandbox.deadline().plusSeconds(1)).run()).isEqualTo(1);
    }

    @Test
    void aCheckpointOfAnotherSandboxIsNone() {
        var other = host.create(FakeMachine.request()).id();
        assertThatThrownBy(() -> host.checkpoints().rollBack(other, checkpoint)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        assertThatThrownBy(() -> host.checkpoints().rollBack(id(), SnapshotId.random())).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }

    @Test
    void aCheckpointThatIsDeletedWhenNobodyWaitsAnyMoreIsThereUntilItIsDone() {
        var usual = machine.config;
        var saves = usual.saves();
        machine.config = usual.with(new HostConfig.Saves(
                saves.agent(), saves.hooks(), saves.spareBytes(), saves.overtime(), Duration.ofMillis(20)));
        var open = new CountDownLatch(1);
        host = machine.restart(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals(new LinkMemory().name())) {
                    Interruptibly.await(open);
                }
            }
        });
        assertThatThrownBy(() -> host.checkpoints().rollBack(id(), checkpoint)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.TIMEOUT));

        host.checkpoints().delete(id(), checkpoint);
        open.countDown();

        soon().until(() -> host.status().paused() == 1);
        soon().untilAsserted(() -> assertThat(machine.data().resolve("snapshots")).isEmptyDirectory());
        machine.config = usual;
        host = machine.restart();
        assertItIsAsThen(host.resume(id(), new ResumeRequest(FakeMachine.LIFE)));
    }

    @Test
    void aCheckpointMayBeDeletedOnceItWasGoneBackTo() {
        host.checkpoints().rollBack(id(), checkpoint);
        host.checkpoints().delete(id(), checkpoint);
        assertThat(box().spec().layers().getFirst().image()).exists();
        host.pause(id(), PauseRequest.USUAL);
        host = machine.restart();
        host.resume(id(), new ResumeRequest(FakeMachine.LIFE));
        assertThat(box().state()).isEqualTo("then");
        assertThat(box().spec().layers().getFirst().image()).hasContent("files of then");
        host.kill(id(), EndCause.REQUEST);
        soon().untilAsserted(machine::assertClean);
    }
}
