package dev.caisson.host.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.Usage;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageSample;
import dev.caisson.node.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String OWNER = "0a1b2c3d-0000-4000-8000-000000000000";

    private final ManualClock clock = new ManualClock(START);
    private final List<Subject> running = new ArrayList<>();
    private final SandboxId id = SandboxId.random();
    private Duration cpu = Duration.ofMillis(100);
    private boolean runs = true;
    private UsageStore store;
    private TeamTally teams;
    private Sampler sampler;

    @BeforeEach
    void make(@TempDir Path root) {
        var config = HistoryConfig.defaults();
        store = new UsageStore(new HistoryFolder(root), config, new Room(root, 0), clock);
        teams = new TeamTally(store, config.sampleEvery(), clock, this::nanos);
        sampler = new Sampler(() -> List.copyOf(running), store, teams, config.sampleEvery(), clock, this::nanos);
        running.add(new Subject(info(id, START), this::usage, () -> runs));
    }

    @Test
    void theFirstSampleComesWithTheFirstLookAndNoFigureIsZero() {
        clock.advance(Duration.ofMillis(500));
        sampler.tick();

        assertThat(samples()).singleElement().satisfies(sample -> {
            assertThat(sample.at()).isEqualTo(START.plusMillis(500));
            assertThat(sample.cpus()).isEqualTo(2);
            assertThat(sample.cpuPercent()).isCloseTo(10, within(0.01));
            assertThat(sample.memoryUsed()).isEqualTo(64 << 20);
            assertThat(sample.memoryTotal()).isEqualTo(1L << 30);
            assertThat(sample.memoryCache()).isEqualTo(1 << 20);
            assertThat(sample.diskUsed()).isEqualTo(1 << 16);
            assertThat(sample.diskTotal()).isEqualTo(10L << 30);
        });
    }

    @Test
    void furtherSamplesComeAtTheIntervalAndTellTheShareSinceTheOneBefore() {
        sampler.tick();
        for (int second = 1; second <= 10; second++) {
            clock.advance(Duration.ofSeconds(1));
            cpu = cpu.plusSeconds(second <= 5 ? 2 : 1);
            sampler.tick();
        }
        assertThat(samples()).extracting(UsageSample::cpuPercent).hasSize(3).endsWith(100.0, 50.0);
        assertThat(samples()).extracting(sample -> sample.at().getEpochSecond() - START.getEpochSecond()).containsExactly(0L, 5L, 10L);
    }

    @Test
    void aShareIsNeverMoreThanAllOfTheProcessorsNorLessThanNothing() {
        sampler.tick();
        advance(5, Duration.ofSeconds(60));
        advance(5, Duration.ofSeconds(-1));
        assertThat(samples()).extracting(UsageSample::cpuPercent).endsWith(100.0, 0.0);
    }

    @Test
    void ofAnAdoptedSandboxTheShareIsCountedFromWhenItWasFoundAgain() {
        clock.advance(Duration.ofHours(1));
        cpu = Duration.ofHours(1);
        sampler.tick();
        assertThat(samples()).isEmpty();
        advance(1, Duration.ofSeconds(1));
        assertThat(samples()).extracting(UsageSample::cpuPercent).containsExactly(50.0);
    }

    @Test
    void moreMemoryThanTheGuestSeesIsTheEnginesOwn() {
        running.set(0, new Subject(
                info(id, START), () -> new Usage(cpu, 2L << 30, 0, 1, 4096, 8192), () -> true));
        sampler.tick();
        assertThat(samples()).extracting(UsageSample::memoryUsed).containsExactly(1L << 30);
    }

    @Test
    void whatWasReadOfASandboxThatEndedMeanwhileIsDropped() {
        runs = false;
        sampler.tick();
        assertThat(samples()).isEmpty();
    }

    @Test
    void aSandboxThatCannotBeReadDoesNotKeepTheOthersFromBeingSampled() {
        running.addFirst(new Subject(
                info(SandboxId.random(), START),
                () -> {
                    throw new EngineException(Category.CONFLICT, "it has ended");
                },
                () -> true));
        sampler.tick();
        assertThat(samples()).hasSize(1);
    }

    @Test
    void aDefectInOneSandboxDoesNotKeepTheOthersFromBeingSampledAndIsMetOncePerInterval() {
        var looks = new AtomicInteger();
        running.addFirst(new Subject(
                info(SandboxId.random(), START),
                () -> {
                    looks.incrementAndGet();
                    throw new IllegalStateException("unexpected");
                },
                () -> true));
        sampler.tick();
        advance(1, Duration.ZERO);
        assertThat(samples()).hasSize(1);
        assertThat(looks).hasValue(1);
        advance(4, Duration.ZERO);
        assertThat(samples()).hasSize(2);
        assertThat(looks).hasValue(2);
    }

    @Test
    void theLastSampleStaysKnownWhenTheSandboxHasEndedAndToItsOwnerOnly() {
        sampler.tick();
        assertThat(store.latest(OWNER, id)).isPresent();
        assertThat(store.latest("other", id)).isEmpty();
        var last = store.latest(OWNER, id).map(UsageSample::at);
        running.clear();
        clock.advance(Duration.ofSeconds(1));
        sampler.tick();
        assertThat(store.latest(OWNER, id).map(UsageSample::at)).isEqualTo(last);
        assertThat(store.latest("other", id)).isEmpty();
        assertThat(store.samples("other", id, all())).isEmpty();
        assertThat(store.since(OWNER, id)).contains(START);
    }

    @Test
    void samplesOlderThanIsKeptAreNotGivenAnyMore() {
        sampler.tick();
        clock.advance(Duration.ofDays(7).plusSeconds(1));
        assertThat(samples()).isEmpty();
        assertThat(store.since(OWNER, id)).contains(clock.instant().minus(Duration.ofDays(7)));
    }

    @Test
    void aTeamsSandboxesAndStartsAreCountedAndOneSampleOfNothingEndsThem() {
        teams.started(OWNER);
        teams.started(OWNER);
        sampler.tick();
        advance(5, Duration.ZERO);
        running.clear();
        advance(5, Duration.ZERO);
        advance(5, Duration.ZERO);

        var found = store.team(OWNER, all());
        assertThat(found).extracting(TeamSample::sandboxes).containsExactly(1, 1, 0);
        assertThat(found).extracting(TeamSample::startsPerSecond).containsExactly(0.4, 0.0, 0.0);
    }

    @Test
    void whereTheDiskTakesNothingSamplesAreDroppedAndTheLastOneIsStillKnown(@TempDir Path other) throws Exception {
        var blocked = Files.createFile(other.resolve("a file"));
        var broken = new UsageStore(new HistoryFolder(blocked), HistoryConfig.defaults(), new Room(other, 0), clock);
        broken.add(OWNER, id, sample());
        assertThat(broken.latest(OWNER, id)).contains(sample());
        assertThat(broken.samples(OWNER, id, all())).isEmpty();

        var full = new UsageStore(new HistoryFolder(other), HistoryConfig.defaults(), new Room(other, Long.MAX_VALUE), clock);
        full.add(OWNER, id, sample());
        assertThat(full.latest(OWNER, id)).contains(sample());
        assertThat(other.resolve(OWNER)).doesNotExist();
    }

    private static UsageSample sample() {
        return new UsageSample(START, 1, 1, 1024, 1024, 0, 1024, 1024);
    }

    private void advance(int seconds, Duration used) {
        clock.advance(Duration.ofSeconds(seconds));
        cpu = cpu.plus(used);
        sampler.tick();
    }

    private List<UsageSample> samples() {
        return store.samples(OWNER, id, all());
    }

    private static Window all() {
        return new Window(Instant.EPOCH, Instant.MAX, Duration.ZERO);
    }

    private Usage usage() {
        return new Usage(cpu, 64 << 20, 1 << 20, 9, 1 << 16, 10L << 30);
    }

    private long nanos() {
        return Duration.between(START, clock.instant()).toNanos();
    }

    private static SandboxInfo info(SandboxId id, Instant started) {
        return new SandboxInfo(
                id, 1, SandboxInfo.State.RUNNING, "template", List.of(), OWNER, started, started.plusSeconds(300), true, true, Ingress.OPEN, 0, 2,
                1L << 30, 10L << 30, Map.of(), "fake", "none",
                Lifecycle.ending(Duration.ofSeconds(300)), Pause.NONE);
    }
}
