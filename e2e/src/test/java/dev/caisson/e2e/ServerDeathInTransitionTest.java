package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.ApiClient;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server is killed without warning while sandboxes are paused or change between running and paused: none is lost. */
@Tag("root")
class ServerDeathInTransitionTest {
    private static final boolean FULL = Boolean.getBoolean("caisson.full");
    private static final int ROUNDS = FULL ? 500 : 3;
    private static final int SANDBOXES = 3;

    /** How far into the changes the server dies at most; a pause and a resume take less together. */
    private static final int LONGEST_MILLISECONDS = 600;

    /** As long as everybody sleeps or wakes, nothing is deleted behind anybody's back. */
    private static final Duration LIFE = Duration.ofHours(10);

    @Test
    void pausedSandboxesOutliveTheServer() {
        try (var caisson = Caisson.up(); var api = caisson.api(); var rest = new Rest(caisson)) {
            var kept = keeper(api, rest);
            var files = keeper(api, rest);
            kept.expectNext();
            rest.post("/sandboxes/" + kept.sandbox() + "/pause", "").expect(204);
            rest.post("/sandboxes/" + files.sandbox() + "/pause", "{\"memory\":false}").expect(204);
            var before = rest.send("GET", "/sandboxes/" + kept.sandbox(), "").json();
            caisson.killServer();
            caisson.cli("up").expectSuccess();

            assertThat(states(api)).containsOnlyKeys(kept.sandbox(), files.sandbox()).containsValues("paused", "paused");
            assertThat(rest.send("GET", "/sandboxes/" + kept.sandbox(), "").json()).isEqualTo(before);
            api.connect(kept.sandbox());
            kept.expectNext();
            var again = api.connect(files.sandbox());
            assertThat(Commands.sh(again, "stat -c %s block; pgrep -c keeper").output()).isEqualTo((4 << 20) + "\n0\n");
            removeAll(caisson, api);
        }
    }

    @Test
    void whereverItDiesEverySandboxRunsOrIsPausedAndIsWhole() throws Exception {
        var seed = Long.getLong("caisson.seed", System.nanoTime());
        System.out.println("-Dcaisson.seed=" + seed);
        var random = new Random(seed);
        try (var caisson = Caisson.up(); var api = caisson.api(); var rest = new Rest(caisson)) {
            var keepers = IntStream.range(0, SANDBOXES).mapToObj(_ -> keeper(api, rest)).toList();
            for (var round = 0; round < ROUNDS; round++) {
                dieInTheMiddle(caisson, rest, keepers, random.nextInt(LONGEST_MILLISECONDS));
                var status = rest.send("GET", "/caisson/status", "").expect(200);
                var found = states(api);
                assertThat(found.keySet()).as("sandboxes of round %d: %s", round, status.body())
                        .containsExactlyInAnyOrderElementsOf(keepers.stream().map(Keeper::sandbox).toList());
                assertThat(found.values()).isSubsetOf("running", "paused");
                var runs = found.values().stream().filter("running"::equals).count();
                assertThat(status.json().path("repair").path("adopted").asLong()).as("found again: %s", status.body()).isEqualTo(runs);
                for (var keeper : keepers) {
                    api.connect(keeper.sandbox());
                    keeper.expectNext();
                }
            }
            removeAll(caisson, api);
        }
    }

    private static Keeper keeper(ApiClient api, Rest rest) {
        return Keeper.startIn(api.create("base", Optional.of(LIFE), Map.of()), api, rest.http());
    }

    private static void dieInTheMiddle(Caisson caisson, Rest rest, List<Keeper> keepers, int milliseconds) throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var changing = keepers.stream().map(keeper -> tasks.submit(() -> pauseAndResume(rest, keeper.sandbox()))).toList();
            new CompletableFuture<>().completeOnTimeout(true, milliseconds, TimeUnit.MILLISECONDS).join();
            caisson.killServer();
            for (var change : changing) {
                endedWithTheServer(change);
            }
        }
        caisson.cli("up").expectSuccess();
    }

    /** Until no server answers any more. */
    private static Void pauseAndResume(Rest rest, String sandbox) {
        while (true) {
            rest.post("/sandboxes/" + sandbox + "/pause", "").expect(204);
            rest.post("/sandboxes/" + sandbox + "/connect", "{}").expect(201);
        }
    }

    private static void endedWithTheServer(Future<Void> change) throws InterruptedException {
        try {
            change.get();
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(UncheckedIOException.class);
        }
    }

    private static Map<String, String> states(ApiClient api) {
        var states = new TreeMap<String, String>();
        api.sandboxes().forEach(row -> assertThat(states.put(row.path("sandboxID").asString(), row.path("state").asString()))
                .as("a second row of " + row).isNull());
        return states;
    }

    private static void removeAll(Caisson caisson, ApiClient api) {
        states(api).keySet().forEach(id -> api.delete("/sandboxes/" + id));
        SavedFiles.awaitNone(caisson);
    }
}
