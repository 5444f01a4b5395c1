package dev.caisson.host.standby;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.engine.Limits;
import dev.caisson.image.ContentHash;
import dev.caisson.node.StandbyStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StandbysTest {
    private static final Duration QUIET = Duration.ofMinutes(5);
    private static final StandbyKind BASE = kind("base", "1");
    private static final StandbyKind OTHER = kind("other", "1");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final InstantSource clock = now::get;
    private final Making making = new Making();
    private Standbys<String> standbys = new Standbys<>(config(8, 1), clock, making);

    private static StandbyKind kind(String template, String build) {
        return new StandbyKind(
                template, build, List.of(new ContentHash("a".repeat(64))), "fake 1", new Limits(2, 1L << 30, 4096), 10L << 30, true);
    }

    private static StandbyConfig config(int most, int atFirst) {
        return new StandbyConfig(
                most, atFirst, 2, QUIET, Duration.ofMillis(2), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(2),
                Duration.ofMillis(10));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().pollInSameThread().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).atMost(Duration.ofSeconds(20));
    }

    /** Makes at once, unless it is told not to. */
    private static final class Making implements Standbys.Maker<String> {
        private final AtomicInteger made = new AtomicInteger();
        private final List<String> retired = new CopyOnWriteArrayList<>();
        private final Set<StandbyKind> outdated = ConcurrentHashMap.newKeySet();
        private volatile boolean room = true;
        private volatile boolean failing;

        @Override
        public void make(StandbyKind kind, Standbys<String> asker) {
            Thread.ofVirtual().start(() -> {
                var number = made.incrementAndGet();
                if (failing) {
                    asker.failed(kind, "it cannot be made");
                } else {
                    asker.made(kind, kind.templateId() + number);
                }
            });
        }

        @Override
        public void retire(String standby) {
            retired.add(standby);
        }

        @Override
        public boolean hasRoom(StandbyKind kind) {
            return room;
        }

        @Override
        public boolean isCurrent(StandbyKind kind) {
            return !outdated.contains(kind);
        }

        @Override
        public Optional<StandbyKind> first() {
            return Optional.of(BASE);
        }
    }

    @AfterEach
    void close() {
        standbys.close();
    }

    private void open(int most, int atFirst) {
        standbys = new Standbys<>(config(most, atFirst), clock, making);
        standbys.open();
    }

    private int ready(StandbyKind kind) {
        return numbers(kind).map(StandbyStatus.Kind::ready).orElse(0);
    }

    private int target(StandbyKind kind) {
        return numbers(kind).map(StandbyStatus.Kind::target).orElse(0);
    }

    private Optional<StandbyStatus.Kind> numbers(StandbyKind kind) {
        return standbys.status().kinds().stream()
                .filter(each -> each.templateId().equals(kind.templateId()) && each.buildId().equals(kind.buildId()))
                .findFirst();
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void oneOfTheFirstKindIsReadyBeforeAnybodyAsks() {
        open(8, 1);

        soon().until(() -> ready(BASE) == 1);
        assertThat(standbys.status().kinds()).hasSize(1);
    }

    @Test
    void aMissRaisesTheTargetOfItsKindAndAHitDoesNot() {
        open(8, 0);
        assertThat(standbys.take(OTHER)).isEmpty();

        soon().until(() -> ready(OTHER) == 1);
        assertThat(standbys.take(OTHER)).contains("other1");
        soon().until(() -> ready(OTHER) == 1);
        assertThat(target(OTHER)).isEqualTo(1);
        assertThat(target(BASE)).isZero();
    }

    @Test
    void eachIsGivenAwayOnceTheOldestFirst() {
        open(2, 2);
        soon().until(() -> ready(BASE) == 2);
        making.room = false;

        var taken = new ArrayList<String>();
        while (standbys.status().ready() > 0) {
            standbys.take(BASE).ifPresent(taken::add);
        }

        assertThat(taken).containsExactlyInAnyOrder("base1", "base2");
        assertThat(standbys.take(BASE)).isEmpty();
    }

    @Test
    void whatNobodyNeededInAQuietTimeIsGivenUpByHalfAndTheFirstOneStays() {
        open(8, 1);
        soon().until(() -> ready(BASE) == 1);
        making.room = false;
        assertThat(standbys.take(BASE)).isPresent();
        for (var miss = 0; miss < 3; miss++) {
            assertThat(standbys.take(BASE)).isEmpty();
        }
        soon().until(() -> target(BASE) == 4);
        making.room = true;
        soon().until(() -> ready(BASE) == 4);

        soon().until(() -> {
            pass(QUIET);
            return target(BASE) == 1;
        });
        soon().until(() -> ready(BASE) == 1 && making.retired.size() == 3);
        pass(QUIET.multipliedBy(3));
        assertThat(standbys.take(BASE)).isPresent();
        soon().until(() -> ready(BASE) == 1);
    }

    @Test
    void overAllKindsThereAreNeverMoreThanTheBound() {
        open(3, 1);
        for (var miss = 0; miss < 10; miss++) {
            standbys.take(OTHER);
        }

        soon().until(() -> standbys.status().ready() == 3);
        assertThat(target(OTHER) + target(BASE)).isEqualTo(3);
    }

    @Test
    void oneOfAnOlderBuildIsRetiredAndItsKindForgotten() {
        open(8, 0);
        standbys.take(OTHER);
        soon().until(() -> ready(OTHER) == 1);

        making.outdated.add(OTHER);

        soon().until(() -> making.retired.equals(List.of("other1")));
        pass(QUIET.plusSeconds(1));
        soon().until(() -> numbers(OTHER).isEmpty());
    }

    @Test
    void oneThatIsLostIsReplaced() {
        open(8, 1);
        soon().until(() -> ready(BASE) == 1);

        standbys.lost(BASE, "base1");

        soon().until(() -> making.made.get() == 2 && ready(BASE) == 1);
        assertThat(standbys.take(BASE)).contains("base2");
    }

    @Test
    void theKindThatWasAskedForTheLongestAgoGivesWay() {
        open(8, 1);
        soon().until(() -> ready(BASE) == 1);
        pass(Duration.ofSeconds(1));
        standbys.take(OTHER);
        soon().until(() -> ready(OTHER) == 1);
        making.room = false;

        assertThat(standbys.giveWay().orElseThrow()).startsWith("base");
        assertThat(standbys.giveWay().orElseThrow()).startsWith("other");
        assertThat(standbys.giveWay()).isEmpty();
    }

    @Test
    void makingIsTriedAgainAfterAFailure() {
        making.failing = true;
        open(8, 1);
        soon().until(() -> making.made.get() >= 3);
        assertThat(ready(BASE)).isZero();

        making.failing = false;

        soon().until(() -> ready(BASE) == 1);
        assertThat(standbys.status().making()).isZero();
    }

    @Test
    void closedNothingIsGivenAwayAnyMore() {
        open(8, 1);
        soon().until(() -> ready(BASE) == 1);

        standbys.close();

        assertThat(standbys.take(BASE)).isEmpty();
    }

    @Test
    void turnedOffNothingHappens() {
        standbys = new Standbys<>(StandbyConfig.off(), clock, making);
        standbys.open();

        assertThat(standbys.take(BASE)).isEmpty();
        assertThat(standbys.status()).isEqualTo(StandbyStatus.OFF);
    }

    @Test
    void byThemselvesTheyTakeATenthOfTheMemoryAndEightForAProcessor() {
        assertThat(StandbyConfig.automatic(24L << 30, 2).most()).isEqualTo(16);
        assertThat(StandbyConfig.automatic(1L << 30, 2).most()).isEqualTo(5);
        assertThat(StandbyConfig.off().areOn()).isFalse();
    }
}
