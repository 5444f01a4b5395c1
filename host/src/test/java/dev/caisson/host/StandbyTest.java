package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.guest.GuestException;
import dev.caisson.host.journal.MachineName;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.StandbyStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes that are ready before anybody wants them, on a machine in memory. */
class StandbyTest {
    private FakeMachine machine;

    @BeforeEach
    void prepare(@TempDir Path data) {
        machine = new FakeMachine(data);
        machine.standbys(1);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    /** Which steps each sandbox came past. */
    private static final class Seen implements StepObserver {
        private final Map<SandboxId, List<String>> steps = new ConcurrentHashMap<>();

        @Override
        public void before(SandboxId sandbox, String step) {
            steps.computeIfAbsent(sandbox, id -> new CopyOnWriteArrayList<>()).add(step);
        }

        List<String> of(SandboxId id) {
            return steps.getOrDefault(id, List.of());
        }
    }

    private Host ready(StepObserver observer) {
        var host = machine.open(observer);
        awaitReady(host, 1);
        return host;
    }

    private static void awaitReady(Host host, int count) {
        soon().until(() -> host.status().standbys().ready() == count);
    }

    /** The one that is ready. */
    private SandboxId standby() {
        return new SandboxId(machine.readyForNobody().getFirst());
    }

    private void awaitAnother(SandboxId than) {
        soon().until(() -> {
            var standbys = machine.readyForNobody();
            return standbys.size() == 1 && !standbys.contains(than.value());
        });
    }

    private static SandboxInfo create(Host host) {
        return host.create(FakeMachine.request());
    }

    @Test
    void aCreateTakesTheOneThatIsReadyAndOnlyTellsItWhoItIs() {
        var seen = new Seen();
        var host = ready(seen);
        var standby = standby();
        var before = List.copyOf(seen.of(standby));

        var info = create(host);

        assertThat(info.id()).isEqualTo(standby);
        assertThat(host.find(standby)).contains(info);
        assertThat(info.owner()).isEqualTo("team");
        assertThat(info.metadata()).containsExactly(Map.entry("k", "v"));
        assertThat(info.deadline()).isEqualTo(machine.clock.instant().plus(FakeMachine.LIFE));
        assertThat(seen.of(standby).subList(before.size(), seen.of(standby).size())).containsExactly(
                "write whose it is", "introduce it to itself", "complete its journal", "let it be found");
        var identity = machine.guests.links(MachineName.of(standby)).getLast().identity().orElseThrow();
        assertThat(identity.sandboxId()).isEqualTo(standby.value());
        assertThat(identity.environment()).isEqualTo(Map.of("TEMPLATE", "1", "REQUEST", "1"));
    }

    @Test
    void anotherTakesThePlaceOfTheOneThatWasClaimed() {
        var host = ready(StepObserver.NONE);
        var first = create(host).id();

        awaitReady(host, 1);

        assertThat(create(host).id()).isNotEqualTo(first);
    }

    @Test
    void aClaimedOneIsAdoptedLikeAnyOther() {
        var host = ready(StepObserver.NONE);
        var info = create(host);

        var next = machine.restart();

        assertThat(next.find(info.id())).contains(info);
        next.agent(info.id()).ping(machine.config.watching().pingDeadline());
    }

    @Test
    void nobodySeesAStandbyOrHearsOfItsEnd() {
        var host = ready(StepObserver.NONE);
        var standby = standby();

        assertThat(host.list()).isEmpty();
        assertThat(host.find(standby)).isEmpty();
        assertThat(host.kill(standby, EndCause.REQUEST)).isFalse();
        assertThat(host.status().starting()).isZero();
        machine.engine.box(MachineName.of(standby)).orElseThrow().die("out of memory");
        soon().until(() -> !machine.folders().contains(standby.value()));

        assertThat(host.ended()).isEmpty();
        assertThat(machine.data().resolve("history").resolve("team")).doesNotExist();
        machine.stop();
        assertThat(machine.open().ended()).isEmpty();
    }

    @Test
    void oneThatDiesIsReplaced() {
        var host = ready(StepObserver.NONE);
        var first = standby();

        machine.engine.box(MachineName.of(first)).orElseThrow().die("out of memory");

        awaitAnother(first);
        awaitReady(host, 1);
    }

    @Test
    void oneThatHangsIsReplaced() {
        var host = ready(StepObserver.NONE);
        var first = standby();

        machine.guests.links(MachineName.of(first)).getLast().breakLink();

        awaitAnother(first);
        awaitReady(host, 1);
    }

    @Test
    void aCreateThatMeetsADeadOneGetsAnother() {
        var broken = new AtomicBoolean();
        var host = ready(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("introduce it to itself") && broken.compareAndSet(false, true)) {
                    machine.engine.box(MachineName.of(sandbox)).orElseThrow().die("out of memory");
                    machine.guests.links(MachineName.of(sandbox)).getLast().breakLink();
                }
            }
        });
        var dead = standby();

        var info = create(host);

        assertThat(info.id()).isNotEqualTo(dead);
        assertThat(host.list()).containsExactly(info);
        soon().until(() -> !machine.folders().contains(dead.value()));
    }

    @Test
    void whatAGuestRefusesIsTheAnswerAndCostsOneStandby() {
        var refused = new AtomicInteger();
        var host = ready(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("introduce it to itself")) {
                    refused.incrementAndGet();
                    throw new GuestException(Category.INVALID, "no such variable");
                }
            }
        });

        assertThatThrownBy(() -> create(host)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID));
        assertThat(refused).hasValue(1);
    }

    @Test
    void manyCreatesAtOnceGetOneEach() throws Exception {
        machine.standbys(4);
        var host = ready(StepObserver.NONE);
        var creates = new ArrayList<FutureTask<SandboxId>>();
        for (var i = 0; i < 20; i++) {
            creates.add(new FutureTask<>(() -> create(host).id()));
        }
        creates.forEach(create -> Thread.ofVirtual().start(create));

        var ids = new ArrayList<SandboxId>();
        for (var create : creates) {
            ids.add(create.get());
        }

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(host.list()).extracting(SandboxInfo::id).containsExactlyInAnyOrderElementsOf(ids);
        awaitReady(host, 4);
    }

    @Test
    void oneOfAnOlderBuildIsPutAway() {
        var host = ready(StepObserver.NONE);
        var older = standby();

        machine.rebuildTemplate();

        awaitAnother(older);
        awaitReady(host, 1);
        soon().untilAsserted(() -> assertThat(host.status().standbys().kinds())
                .filteredOn(kind -> kind.target() > 0)
                .extracting(StandbyStatus.Kind::buildId)
                .containsExactly(machine.template.buildId()));
        assertThat(create(host).id()).isNotEqualTo(older);
    }

    @Test
    void closingTakesAwayWhatIsReadyAndWhatIsBeingClaimed() throws Exception {
        var claiming = new CountDownLatch(1);
        var host = ready(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("introduce it to itself")) {
                    claiming.countDown();
                    Interruptibly.await(new CountDownLatch(1));
                }
            }
        });
        var create = new FutureTask<>(() -> create(host));
        Thread.ofVirtual().start(create);
        claiming.await();

        host.close();

        assertThatThrownBy(create::get).hasCauseInstanceOf(NodeException.class);
        soon().untilAsserted(machine::assertClean);
    }

    @Test
    void aStandbyGivesWayWhenTheLastPlacesAreWanted() {
        machine.config = machine.config.withMostSandboxes(3);
        machine.standbys(2);
        var host = ready(StepObserver.NONE);
        var first = create(host).id();
        awaitReady(host, 1);
        var ready = standby();
        machine.rebuildTemplate();

        // None of the two can come from what is ready, or not both.
        var second = create(host).id();
        var third = create(host).id();

        assertThat(host.list()).extracting(SandboxInfo::id).containsExactlyInAnyOrder(first, second, third);
        assertThat(machine.folders()).doesNotContain(ready.value()).hasSize(3);
        assertThatThrownBy(() -> create(host)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));
    }

    @Test
    void oneThatIsStillBeingMadeGivesWayToo() throws Exception {
        machine.config = machine.config.withMostSandboxes(2);
        var first = new AtomicBoolean(true);
        var making = new CountDownLatch(1);
        var host = machine.open(new StepObserver() {
            @Override
            public void before(SandboxId sandbox, String step) {
                if (step.equals("connect its agent") && first.compareAndSet(true, false)) {
                    making.countDown();
                    Interruptibly.await(new CountDownLatch(1));
                }
            }
        });
        making.await();

        create(host);
        create(host);

        assertThat(host.list()).hasSize(2);
        assertThat(machine.folders()).hasSize(2);
    }

    @Test
    void oneThatIsClaimedDoesNotGiveWay() throws Exception {
        machine.config = machine.config.withMostSandboxes(2);
        var host = ready(StepObserver.NONE);
        var standby = standby();
        var open = new CountDownLatch(1);
        machine.guests.links(MachineName.of(standby)).getLast().onPing(() -> Interruptibly.await(open));
        var first = new FutureTask<>(() -> create(host));
        Thread.ofVirtual().start(first);
        soon().until(() -> machine.readyForNobody().isEmpty() || host.status().standbys().ready() == 0);
        create(host);

        assertThatThrownBy(() -> create(host)).isInstanceOfSatisfying(
                NodeException.class, e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));

        open.countDown();
        assertThat(first.get().id()).isEqualTo(standby);
    }

    @Test
    void noneIsMadeWhereTheDiskIsNearlyFull() {
        machine.config = machine.config.withLeastDiskBytes(Long.MAX_VALUE);
        var host = machine.open();

        soon().until(() -> host.status().standbys().kinds().stream().anyMatch(kind -> kind.target() == 1));

        assertThat(host.status().standbys().making()).isZero();
        machine.assertClean();
    }

    @Test
    void whatFailsToBeMadeIsTriedAgainAndLeavesNothing() throws Exception {
        var failing = new AtomicBoolean(true);
        var failures = new CountDownLatch(3);
        machine.engine.onStart(() -> {
            if (failing.get()) {
                failures.countDown();
                throw new EngineException(Category.INTERNAL, "it does not start");
            }
        });
        var host = machine.open();
        failures.await();

        failing.set(false);

        awaitReady(host, 1);
        assertThat(machine.folders()).hasSize(1);
    }

    @Test
    void turnedOffThereAreNone() {
        machine.standbys(0);
        var host = machine.open();

        create(host);

        assertThat(host.status().standbys()).isEqualTo(StandbyStatus.OFF);
        assertThat(machine.folders()).hasSize(1);
    }
}
