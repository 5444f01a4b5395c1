package dev.caisson.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.Seal;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.control.Idempotency.Outcome;
import dev.caisson.control.store.SqlAccountStore;
import dev.caisson.control.store.SqlIdempotencyStore;
import dev.caisson.control.store.SqliteDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code contract/rest-api.md} §15.2. */
class IdempotencyTest {
    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final AtomicInteger done = new AtomicInteger();
    private SqliteDatabase database;
    private SqlIdempotencyStore store;
    private Idempotency idempotency;
    private Team team;
    private Team other;

    @BeforeEach
    void open() {
        openWith(new byte[32]);
    }

    private void openWith(byte[] secret) {
        database = SqliteDatabase.open(folder.resolve("control.db"));
        var accounts = new Accounts(new SqlAccountStore(database), clock);
        team = accounts.defaultTeam(20, Duration.ofHours(1));
        other = accounts.teams().stream().skip(1).findFirst()
                .orElseGet(() -> accounts.createTeam(new NewTeam("Other", Optional.empty(), 1, Duration.ofHours(1))));
        store = new SqlIdempotencyStore(database);
        idempotency = new Idempotency(store, new Seal(secret, "idempotency"), clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theSameRequestHappensOnceAndIsAnsweredAlike() {
        assertThat(answer(once("k", "a"))).isEqualTo("answer 1");
        assertThat(answer(once("k", "a"))).isEqualTo("answer 1");
        assertThat(answer(once("k2", "a"))).isEqualTo("answer 2");
        assertThat(done).hasValue(2);
    }

    @Test
    void anotherRequestWithTheKeyIsAMismatch() {
        once("k", "a");
        assertThat(once("k", "b")).isInstanceOf(Outcome.Mismatch.class);
        assertThat(done).hasValue(1);
    }

    @Test
    void teamsDoNotShareKeys() {
        once("k", "a");
        assertThat(answer(idempotency.once(other, "k", "b", work()))).isEqualTo("answer 2");
    }

    @Test
    void aRequestThatIsUnderWayIsNotBegunAgain() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var first = CompletableFuture.supplyAsync(() -> idempotency.once(team, "k", "a", () -> {
            begun.countDown();
            await(goOn);
            return work().get();
        }));
        await(begun);
        assertThat(once("k", "a")).isInstanceOf(Outcome.InProgress.class);
        assertThat(once("k", "b")).isInstanceOf(Outcome.Mismatch.class);
        goOn.countDown();
        assertThat(answer(first.get(10, TimeUnit.SECONDS))).isEqualTo("answer 1");
        assertThat(answer(once("k", "a"))).isEqualTo("answer 1");
    }

    @Test
    void aRequestThatDidNothingMayBeTriedAgain() {
        assertThatThrownBy(() -> idempotency.once(team, "k", "a", () -> {
            throw new ControlException(Category.EXHAUSTED, "no room");
        })).hasMessage("no room");
        assertThat(answer(once("k", "a"))).isEqualTo("answer 1");
    }

    @Test
    void aRequestThatFailedInAnUnknownWayIsNotDoneAgain() {
        assertThatThrownBy(() -> idempotency.once(team, "k", "a", () -> {
            throw new IllegalStateException("a defect");
        })).hasMessage("a defect");
        assertThat(once("k", "a")).isInstanceOf(Outcome.Unknown.class);
        assertThat(done).hasValue(0);
    }

    @Test
    void answersSurviveARestart() {
        once("k", "a");
        database.close();
        open();
        assertThat(answer(once("k", "a"))).isEqualTo("answer 1");
        assertThat(once("k", "b")).isInstanceOf(Outcome.Mismatch.class);
        assertThat(done).hasValue(1);
    }

    /** What a server that died in the middle leaves. */
    @Test
    void aRequestWithoutAnAnswerIsNotDoneAgainAfterARestart() {
        store.begin(team.id(), "k", "a", clock.instant());
        database.close();
        open();
        assertThat(once("k", "a")).isInstanceOf(Outcome.Unknown.class);
        assertThat(once("k", "a")).isInstanceOf(Outcome.Unknown.class);
        assertThat(done).hasValue(0);
    }

    @Test
    void anAnswerThatCannotBeOpenedIsLost() {
        once("k", "a");
        database.close();
        var changed = new byte[32];
        changed[0] = 1;
        openWith(changed);
        assertThat(once("k", "a")).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void keysAreForgottenAfterADay() {
        once("k", "a");
        clock.advance(Idempotency.MEMORY.minusSeconds(1));
        assertThat(answer(once("k", "a"))).isEqualTo("answer 1");
        clock.advance(Duration.ofSeconds(1));
        assertThat(answer(once("k", "b"))).isEqualTo("answer 2");
    }

    @Test
    void onlyTheNewestOfATeamAreKept() {
        for (var key : new String[] {"1", "2", "3"}) {
            once(key, "a");
            clock.advance(Duration.ofSeconds(1));
        }
        idempotency.once(other, "1", "a", work());
        store.prune(clock.instant().minus(Idempotency.MEMORY), 2);
        var since = Instant.EPOCH;
        assertThat(store.find(team.id(), "1", since)).isEmpty();
        assertThat(store.find(team.id(), "2", since)).isPresent();
        assertThat(store.find(team.id(), "3", since)).isPresent();
        assertThat(store.find(other.id(), "1", since)).isPresent();
        store.prune(clock.instant(), 2);
        assertThat(store.find(team.id(), "3", since)).isEmpty();
    }

    @Test
    void theDatabaseHoldsNoAnswerInClear() throws Exception {
        once("k", "a");
        database.close();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain("answer 1");
            }
        }
    }

    private Outcome once(String key, String request) {
        return idempotency.once(team, key, request, work());
    }

    private Supplier<byte[]> work() {
        return () -> ("answer " + done.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
    }

    private static String answer(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Answered.class);
        return new String(((Outcome.Answered) outcome).answer(), StandardCharsets.UTF_8);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
