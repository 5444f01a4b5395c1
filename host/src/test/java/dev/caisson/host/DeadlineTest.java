package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadlineTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

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

    private void assertThatItEnds(EndCause cause) {
        soon().untilAsserted(machine::assertClean);
        assertThat(host.ended()).first().satisfies(end -> assertThat(end.cause()).isEqualTo(cause));
    }

    @Test
    void aSandboxEndsWhenItsDeadlinePassesAndNotBefore() {
        var info = host.create(FakeMachine.request());

        machine.clock.advance(FakeMachine.LIFE.minusMillis(1));
        soon().during(Duration.ofMillis(50)).until(() -> host.find(info.id()).isPresent());
        machine.clock.advance(Duration.ofMillis(1));

        assertThatItEnds(EndCause.DEADLINE);
    }

    @Test
    void expiryIsNoticedWithoutAnybodyAsking() {
        var info = host.create(FakeMachine.request());

        machine.clock.advance(FakeMachine.LIFE);
        soon().until(() -> host.find(info.id()).isEmpty());

        assertThatItEnds(EndCause.DEADLINE);
    }

    @Test
    void aDeadlineCanBeMovedBothWays() {
        var info = host.create(FakeMachine.request());

        var later = host.setDeadline(info.id(), info.deadline().plus(SECOND));
        assertThat(later.deadline()).isEqualTo(info.deadline().plus(SECOND));
        assertThat(host.find(info.id())).contains(later);
        machine.clock.advance(FakeMachine.LIFE);
        soon().during(Duration.ofMillis(50)).until(() -> host.find(info.id()).isPresent());

        host.setDeadline(info.id(), machine.clock.instant().plusMillis(10));
        machine.clock.advance(Duration.ofMillis(10));
        assertThatItEnds(EndCause.DEADLINE);
    }

    @Test
    void aDeadlineThatHasPassedEndsTheSandboxAtOnce() {
        var info = host.create(FakeMachine.request());

        var answer = host.setDeadline(info.id(), machine.clock.instant());

        assertThat(answer.deadline()).isEqualTo(machine.clock.instant());
        assertThat(host.find(info.id())).isEmpty();
        assertThatItEnds(EndCause.DEADLINE);
    }

    @Test
    void extendingNeverShortensAndThenChangesNothing() {
        var info = host.create(FakeMachine.request());

        assertThat(host.extendDeadline(info.id(), info.deadline().minus(SECOND))).isEqualTo(info);
        assertThat(host.extendDeadline(info.id(), info.deadline())).isEqualTo(info);
        assertThat(host.extendDeadline(info.id(), info.deadline().plusNanos(1)).deadline())
                .isEqualTo(info.deadline().plusNanos(1));
    }

    @Test
    void aMovedDeadlineSurvivesTheServerAndFires() {
        var info = host.create(FakeMachine.request());
        var moved = host.extendDeadline(info.id(), info.deadline().plus(SECOND));

        host = machine.restart();

        assertThat(host.find(info.id())).contains(moved);
        machine.clock.advance(FakeMachine.LIFE);
        soon().during(Duration.ofMillis(50)).until(() -> host.find(info.id()).isPresent());
        machine.clock.advance(SECOND);
        assertThatItEnds(EndCause.DEADLINE);
    }

    @Test
    void aDeadlineThatPassedWhileTheServerWasDownFiresAtTheStart() {
        var id = host.create(FakeMachine.request()).id();
        host.close();
        machine.clock.advance(FakeMachine.LIFE);

        host = machine.restart();

        assertThat(host.list()).isEmpty();
        machine.assertClean();
        assertThat(host.ended()).first().satisfies(end -> assertThat(end.cause()).isEqualTo(EndCause.DEADLINE));
        assertThat(host.repairReport().repaired()).singleElement().asString().contains(id.value(), "deadline");
    }

    @Test
    void aMoveThatCannotBeWrittenDownDoesNotHappen() throws Exception {
        var info = host.create(FakeMachine.request());
        var obstacle = machine.sandboxes().resolve(info.id().value()).resolve("journal.new");
        Files.createDirectory(obstacle);

        assertThatThrownBy(() -> host.setDeadline(info.id(), info.deadline().plus(SECOND)))
                .isInstanceOf(NodeException.class).hasMessageContaining("the deadline was not moved");

        assertThat(host.find(info.id())).contains(info);
        Files.delete(obstacle);
    }

    @Test
    void theDeadlineOfASandboxThatIsBeingKilledCannotBeMoved() {
        var info = host.create(FakeMachine.request());
        machine.engine.wedge(MachineName.of(info.id()));
        host.kill(info.id(), EndCause.REQUEST);

        assertThatThrownBy(() -> host.extendDeadline(info.id(), info.deadline().plus(SECOND))).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
        machine.engine.unwedge(MachineName.of(info.id()));
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void theAgentKnowsHowLongToGoOnWithoutAServer() {
        var info = host.create(FakeMachine.request());
        var agent = machine.guests.links(MachineName.of(info.id())).getLast();
        soon().until(() -> agent.patience().equals(Optional.of(FakeMachine.LIFE.plus(Introduce.GRACE))));

        host.extendDeadline(info.id(), info.deadline().plus(FakeMachine.LIFE));
        soon().until(() -> agent.patience().equals(Optional.of(FakeMachine.LIFE.multipliedBy(2).plus(Introduce.GRACE))));
    }

    @Test
    void aSaveThatBeginsJustWhenTimeIsUpOnlyPutsTheEndOff() {
        try (var machinery = machine.another()) {
            var sandbox = machine.created(machinery);
            sandbox.update(running -> new Phase.Running(
                    running.info().withDeadline(machine.clock.instant()), running.engine(), running.agent()));
            var running = sandbox.running().orElseThrow();
            var saving = new Phase.Snapshotting(running);
            var begun = new AtomicBoolean();
            var timeUp = new TimeUp(machinery.pauses(), machinery.endings(), () -> {
                sandbox.change(now -> begun.compareAndSet(false, true) ? saving : now);
                return machine.clock.instant();
            }, machine.config);

            timeUp.passed(sandbox);

            assertThat(sandbox.phase()).isEqualTo(saving);
            sandbox.change(_ -> running);
            saving.over().complete(null);
            soon().until(() -> machinery.registry().find(sandbox.id()).isEmpty());
        }
    }
}
