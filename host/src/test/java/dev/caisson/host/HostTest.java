package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.StandbyStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
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

    @Test
    void aCreatedSandboxIsFoundListedAndDescribed() {
        var info = host.create(FakeMachine.request());

        assertThat(host.find(info.id())).contains(info);
        assertThat(host.list()).containsExactly(info);
        assertThat(info.templateNames()).containsExactly("base");
        assertThat(info.owner()).isEqualTo("team");
        assertThat(info.metadata()).containsExactly(Map.entry("k", "v"));
        assertThat(info.started()).isEqualTo(machine.clock.instant());
        assertThat(info.deadline()).isEqualTo(machine.clock.instant().plus(FakeMachine.LIFE));
        assertThat(info.run()).isOne();
        assertThat(info.engine()).isEqualTo("fake fake-1");
        assertThat(host.status()).isEqualTo(new HostStatus(1000, 0, 1, 0, 0, List.of(), StandbyStatus.OFF));
        assertThat(host.usage(info.id()).tasks()).isEqualTo(9);
    }

    @Test
    void theGuestIsStartedFromTheAgentsLayerAndToldWhoItIs() {
        var id = host.create(FakeMachine.request()).id();

        var spec = machine.engine.box(MachineName.of(id)).orElseThrow().spec();
        assertThat(spec.arguments()).containsExactly("/usr/lib/caisson/guest-agent");
        assertThat(spec.layers().getFirst().image()).hasFileName("b".repeat(64));
        assertThat(spec.environment()).containsOnlyKeys("CAISSON_LINK_KEY", "CAISSON_LINK_PORT");
        var identity = machine.guests.links(MachineName.of(id)).getLast().identity().orElseThrow();
        assertThat(identity.sandboxId()).isEqualTo(id.value());
        assertThat(identity.defaultUser()).isEqualTo("user");
        assertThat(identity.environment()).isEqualTo(Map.of("TEMPLATE", "1", "REQUEST", "1"));
        assertThat(identity.entropy()).hasSizeGreaterThanOrEqualTo(32);
        assertThat(identity.nextLinkKey()).hasSize(32);
    }

    @Test
    void killLeavesNothingAndIsRecorded() {
        var info = host.create(FakeMachine.request());
        var agent = host.agent(info.id());

        assertThat(host.kill(info.id(), EndCause.REQUEST)).isTrue();

        assertThat(host.find(info.id())).isEmpty();
        assertThat(host.kill(info.id(), EndCause.REQUEST)).isFalse();
        machine.assertClean();
        assertThat(host.ended()).extracting(EndRecord::id, EndRecord::owner, EndRecord::cause)
                .containsExactly(tuple(info.id(), "team", EndCause.REQUEST));
        assertThatThrownBy(agent::processes).isInstanceOf(GuestException.class);
        assertThat(host.status()).isEqualTo(new HostStatus(1000, 0, 0, 0, 0, List.of(), StandbyStatus.OFF));
    }

    @Test
    void whatIsNotHereIsNotFound() {
        var nobody = SandboxId.random();

        assertThat(host.find(nobody)).isEmpty();
        assertThat(host.kill(nobody, EndCause.REQUEST)).isFalse();
        assertThatThrownBy(() -> host.agent(nobody)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        assertThatThrownBy(() -> host.setDeadline(nobody, machine.clock.instant())).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }

    @Test
    void anUnknownTemplateIsNotFound() {
        var request = new CreateRequest("nosuch", "team", FakeMachine.LIFE, true, true, Map.of(), Map.of());

        assertThatThrownBy(() -> host.create(request)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        machine.assertClean();
    }

    @Test
    void aCreateIsRefusedWhereTheDiskIsNearlyFull() {
        machine.config = machine.config.withLeastDiskBytes(Long.MAX_VALUE);
        host = machine.restart();

        assertThatThrownBy(() -> host.create(FakeMachine.request()))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED))
                .hasMessageContaining("MiB left")
                .hasMessageContaining("end some sandboxes");
        machine.assertClean();
        assertThat(host.ended()).isEmpty();
    }

    @Test
    void aCreateThatFindsNoMemoryIsRefusedAfterItsPatienceAndLeavesNothing() {
        var usual = machine.config.patience();
        machine.config = machine.config
                .with(new HostConfig.Admission(Long.MAX_VALUE / 2, 8, 64L << 20, 90))
                .with(new HostConfig.Patience(
                        Duration.ofMillis(10), usual.slot(), usual.link(), usual.kill(), usual.close(), usual.firstRetry(),
                        usual.lastRetry()));
        host = machine.restart();

        assertThatThrownBy(() -> host.create(FakeMachine.request()))
                .isInstanceOfSatisfying(NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED))
                .hasMessageContaining("of memory left")
                .hasMessageContaining("end some sandboxes");
        machine.assertClean();
        assertThat(host.ended()).isEmpty();
    }

    @Test
    void beyondTheLimitACreateIsRefusedUntilOneHasEnded() {
        machine.config = machine.config.withMostSandboxes(2);
        host = machine.restart();
        var first = host.create(FakeMachine.request());
        host.create(FakeMachine.request());

        assertThatThrownBy(() -> host.create(FakeMachine.request())).isInstanceOfSatisfying(NodeException.class, e -> {
            assertThat(e.category()).isEqualTo(Category.EXHAUSTED);
            assertThat(e).hasMessageContaining("limit of 2 sandboxes");
        });
        host.kill(first.id(), EndCause.REQUEST);
        host.create(FakeMachine.request());
        assertThat(host.list()).hasSize(2);
    }

    @Test
    void aFullDiskAndAMissingSlotRefuseACreateAsExhausted() {
        machine.diskFull = true;
        assertThatThrownBy(() -> host.create(FakeMachine.request())).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));
        machine.diskFull = false;
        machine.slots.exhaust();
        assertThatThrownBy(() -> host.create(FakeMachine.request())).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));
        machine.assertClean();
    }

    @Test
    void listenersAreToldOfTheBeginningAndTheEnd() {
        var told = new CopyOnWriteArrayList<String>();
        host.addListener(new SandboxListener() {
            @Override
            public void running(SandboxInfo sandbox, GuestAgent agent) {
                told.add("running " + sandbox.id() + " found " + host.find(sandbox.id()).isPresent());
            }

            @Override
            public void ended(EndRecord end) {
                told.add("ended " + end.id() + " found " + host.find(end.id()).isPresent());
                throw new IllegalStateException("a listener's failure is its own");
            }
        });
        var id = host.create(FakeMachine.request()).id();
        host.kill(id, EndCause.REQUEST);

        assertThat(told).containsExactly("running " + id + " found false", "ended " + id + " found false");
        machine.assertClean();
    }

    @Test
    void theDeathOfTheEngineEndsTheSandbox() {
        var id = host.create(FakeMachine.request()).id();

        machine.engine.box(MachineName.of(id)).orElseThrow().die("out of memory");

        soon().untilAsserted(() -> {
            machine.assertClean();
            assertThat(host.ended()).singleElement().satisfies(end -> {
                assertThat(end.cause()).isEqualTo(EndCause.ENGINE_DIED);
                assertThat(end.detail()).isEqualTo("out of memory");
            });
        });
    }

    @Test
    void anAgentThatDoesNotAnswerTwiceInARowEndsTheSandbox() {
        var id = host.create(FakeMachine.request()).id();

        machine.guests.links(MachineName.of(id)).getLast().breakLink();

        soon().untilAsserted(() -> assertThat(host.ended()).singleElement().satisfies(
                end -> assertThat(end.cause()).isEqualTo(EndCause.AGENT_HUNG)));
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void dialReachesAPortAndSaysWhenNothingListens() throws Exception {
        var id = host.create(FakeMachine.request()).id();
        machine.guests.links(MachineName.of(id)).getLast().listen(8080, stream -> stream.close());

        host.dial(id, 8080).close();
        assertThatThrownBy(() -> host.dial(id, 8081)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
    }
}
