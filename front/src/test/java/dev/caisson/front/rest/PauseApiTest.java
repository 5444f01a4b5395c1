package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.testing.FakeTransitions.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code contract/rest-api.md} §5.2, §5.4, §15.4, §15.5: pause, resume and connect. */
class PauseApiTest {
    private ControlPlane plane;
    private String id;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
        id = plane.create("{\"a\":\"b\"}");
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private FakeExchange post(String what, String body, int expected) {
        return plane.call("POST", "/sandboxes/" + id + what, body, expected);
    }

    private JsonNode detail() {
        return json(plane.call("GET", "/sandboxes/" + id, "", 200));
    }

    private FakeAgent agent() {
        return (FakeAgent) plane.node.agent(new SandboxId(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", " ", "{\"memory\":true}", "{\"memory\":null}"})
    void aPauseNeedsNoBody(String body) {
        assertThat(post("/pause", body, 204).answerText()).isEmpty();
        assertThat(detail().path("state").asString()).isEqualTo("paused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/pause", "/resume", "/fork"})
    void aBodyThatBreaksTheSchemaIs400(String what) {
        for (var body : new String[] {"[]", "{broken", "{\"memory\":1}", "{\"timeout\":-1}", "{\"count\":0}"}) {
            if (body.contains("memory") && what.equals("/fork") || body.contains("timeout") && what.equals("/pause")
                    || body.contains("count") && !what.equals("/fork")) {
                continue;
            }
            assertThat(message(post(what, body, 400))).startsWith("validation error");
        }
    }

    @Test
    void aPausedSandboxIsToldWithAllThatItWas() {
        var before = detail();
        plane.clock.advance(Duration.ofSeconds(7));
        plane.call("POST", "/v2/sandboxes/" + id + "/pause", "{}", 204);
        var after = detail();
        assertThat(after.path("state").asString()).isEqualTo("paused");
        assertThat(after.path("pauseMode").asString()).isEqualTo("full");
        assertThat(after.has("envdUnresponsiveAtPause")).isFalse();
        assertThat(after.path("endAt").asString()).isEqualTo("2026-01-01T00:00:07Z");
        for (var same : new String[] {"startedAt", "templateID", "alias", "metadata", "envdAccessToken", "lifecycle", "cpuCount"}) {
            assertThat(after.path(same)).as(same).isEqualTo(before.path(same));
        }
        assertThat(before.has("pauseMode")).isFalse();
    }

    @Test
    void withoutMemoryOnlyFilesAreKept() {
        post("/pause", "{\"memory\":false}", 204);
        assertThat(detail().path("pauseMode").asString()).isEqualTo("filesystem");
        post("/connect", "{}", 201);
        assertThat(detail().path("state").asString()).isEqualTo("running");
    }

    /** Trap 22. */
    @Test
    void oneThatIsBeingPausedIsPausedInListAndDetailAndNothingElseIsSaidOfIt() throws Exception {
        plane.node.transitions().hold(Kind.PAUSE);
        var call = async(() -> post("/pause", "", 204));
        await().until(() -> plane.node.transitions().begun(Kind.PAUSE) == 1);

        assertThat(detail().path("state").asString()).isEqualTo("paused");
        assertThat(detail().has("pauseMode")).isFalse();
        var rows = json(plane.call("GET", "/v2/sandboxes", "", 200));
        assertThat(rows).hasSize(1);
        assertThat(rows.path(0).path("state").asString()).isEqualTo("paused");
        post("/timeout", "{\"timeout\":60}", 409);
        post("/refreshes", "{}", 409);
        post("/snapshots", "{}", 409);
        post("/fork", "{}", 409);
        post("/checkpoints", "{}", 409);

        plane.node.transitions().release(Kind.PAUSE);
        call.get();
        assertThat(detail().path("pauseMode").asString()).isEqualTo("full");
    }

    /** Trap 23. */
    @Test
    void aSecondPauseIs409AndOneAtTheSameTimeJoins() throws Exception {
        plane.node.transitions().hold(Kind.PAUSE);
        var calls = atOnce(() -> post("/pause", "", 204));
        await().until(() -> plane.node.transitions().begun(Kind.PAUSE) == 1);
        plane.node.transitions().release(Kind.PAUSE);
        for (var call : calls) {
            call.get();
        }
        assertThat(plane.node.transitions().begun(Kind.PAUSE)).isEqualTo(1);
        assertThat(message(post("/pause", "", 409))).contains("already paused");
    }

    @Test
    void resumesAndConnectsAtTheSameTimeAreOneAndGetSaysRunning() throws Exception {
        plane.create("{}");
        plane.create("{}");
        post("/pause", "", 204);
        plane.node.transitions().hold(Kind.RESUME);
        var calls = Stream.of(
                        atOnce(() -> post("/resume", "", 201)),
                        atOnce(() -> {
                            var exchange = post("/connect", "{\"timeout\":60}", 201);
                            assertThat(detail().path("state").asString()).isEqualTo("running");
                            return exchange;
                        }))
                .flatMap(List::stream)
                .toList();
        await().until(() -> plane.node.transitions().begun(Kind.RESUME) == 1);
        plane.node.transitions().release(Kind.RESUME);
        for (var call : calls) {
            assertThat(json(call.get()).path("sandboxID").asString()).isEqualTo(id);
        }
        assertThat(plane.node.transitions().begun(Kind.RESUME)).isEqualTo(1);
    }

    private static List<CompletableFuture<FakeExchange>> atOnce(Supplier<FakeExchange> call) {
        return IntStream.range(0, 5).mapToObj(number -> async(call)).toList();
    }

    private static CompletableFuture<FakeExchange> async(Supplier<FakeExchange> call) {
        return CompletableFuture.supplyAsync(call, Thread::startVirtualThread);
    }

    /** Traps 18 and 32. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/resume||15", "/resume|{}|15", "/resume|{\"timeout\":40}|40", "/connect|{\"timeout\":40}|40", "/connect|{}|300",
        "/connect|{\"timeout\":0}|15"
    })
    void aNewRunBeginsWithAWindowOfItsOwn(String what, String body, long seconds) {
        post("/pause", "", 204);
        plane.clock.advance(Duration.ofMinutes(10));
        var answer = json(post(what, body == null ? "" : body, 201));
        assertThat(answer.path("sandboxID").asString()).isEqualTo(id);
        assertThat(answer.path("alias").asString()).isEqualTo("base");
        assertThat(answer.path("envdAccessToken")).isEqualTo(detail().path("envdAccessToken"));
        assertThat(detail().path("startedAt").asString()).isEqualTo("2026-01-01T00:10:00Z");
        assertThat(detail().path("endAt").asString())
                .isEqualTo(plane.clock.instant().plusSeconds(seconds).toString());
        assertThat(detail().has("pauseMode")).isFalse();
    }

    @Test
    void whoJoinsAResumeWithALongerTimeoutGetsIt() throws Exception {
        post("/pause", "", 204);
        plane.node.transitions().hold(Kind.RESUME);
        var first = async(() -> post("/connect", "{\"timeout\":20}", 201));
        await().until(() -> plane.node.transitions().begun(Kind.RESUME) == 1);
        var second = async(() -> post("/connect", "{\"timeout\":600}", 201));
        await().until(() -> plane.node.lastResume().orElseThrow().timeout().toSeconds() == 600);
        plane.node.transitions().release(Kind.RESUME);
        first.get();
        second.get();
        assertThat(detail().path("endAt").asString()).isEqualTo("2026-01-01T00:10:00Z");
    }

    @Test
    void whatTheStateDoesNotAllowIsSaidInItsStatus() {
        assertThat(message(post("/resume", "", 409))).contains("already running");
        post("/pause", "", 204);
        post("/timeout", "{\"timeout\":60}", 404);
        post("/refreshes", "{}", 404);
        post("/snapshots", "{}", 404);
        post("/fork", "{}", 409);
        plane.call("DELETE", "/sandboxes/" + id, "", 204);
        for (var what : new String[] {"/pause", "/resume", "/connect", "/timeout", "/refreshes", "/snapshots", "/fork", "/checkpoints"}) {
            post(what, "{\"timeout\":60}", 404);
        }
        plane.call("DELETE", "/sandboxes/" + id, "", 404);
    }

    @Test
    void oneThatIsBeingKilledIsToldSoWhereItWouldBeChanged() {
        plane.node.beginEnd(new SandboxId(id));
        plane.call("GET", "/sandboxes/" + id, "", 404);
        post("/pause", "", 404);
        post("/resume", "", 404);
        for (var what : new String[] {"/connect", "/timeout", "/refreshes", "/snapshots", "/fork"}) {
            assertThat(message(post(what, "{\"timeout\":60}", 409))).contains("being killed");
        }
        plane.call("DELETE", "/sandboxes/" + id, "", 204);
    }

    /** Trap 25. */
    @Test
    void anotherTeamsPausedSandboxIsNotFound() {
        post("/pause", "", 204);
        for (var what : new String[] {"/pause", "/resume", "/connect", "/snapshots", "/fork", "/checkpoints"}) {
            var foreign = FakeExchange.request("POST", "/sandboxes/" + id + what).header("X-API-Key", plane.otherKey.key().text())
                    .body("{\"timeout\":60}");
            plane.answered(foreign, 404);
        }
    }

    /** Trap 26. */
    @Test
    void whileItIsBeingSnapshottedPauseAndConnectWaitAndTheOthersAreTold() throws Exception {
        plane.node.transitions().hold(Kind.SNAPSHOT);
        var snapshot = async(() -> post("/snapshots", "{}", 201));
        await().until(() -> plane.node.transitions().begun(Kind.SNAPSHOT) == 1);
        post("/snapshots", "{}", 409);
        post("/resume", "", 409);
        post("/timeout", "{\"timeout\":60}", 409);
        var connect = async(() -> post("/connect", "{\"timeout\":600}", 200));
        await().until(() -> plane.node.lastResume().isPresent());
        assertThat(detail().path("state").asString()).isEqualTo("running");
        plane.node.transitions().release(Kind.SNAPSHOT);
        snapshot.get();
        connect.get();
        assertThat(detail().path("endAt").asString()).isEqualTo("2026-01-01T00:10:00Z");

        plane.node.transitions().hold(Kind.SNAPSHOT);
        var another = async(() -> post("/snapshots", "{}", 201));
        await().until(() -> plane.node.transitions().begun(Kind.SNAPSHOT) == 2);
        var pause = async(() -> post("/pause", "", 204));
        plane.node.transitions().release(Kind.SNAPSHOT);
        another.get();
        pause.get();
        assertThat(detail().path("pauseMode").asString()).isEqualTo("full");
    }

    @Test
    void aDeadAgentIsToldAndItsMemoryCannotBeHadBack() {
        agent().breakLink();
        post("/pause", "{}", 204);
        assertThat(detail().path("envdUnresponsiveAtPause").asBoolean()).isTrue();
        assertThat(json(plane.call("GET", "/v2/sandboxes", "", 200)).path(0).path("envdUnresponsiveAtPause").asBoolean()).isTrue();
        for (var what : new String[] {"/connect", "/resume"}) {
            var refused = post(what, "{\"timeout\":60}", 409);
            assertThat(json(refused).path("error_code").asString()).isEqualTo("sandbox_snapshot_guest_agent_unresponsive");
            assertThat(refused.answerHeader("Should-Retry")).contains("false");
        }
        assertThat(detail().path("state").asString()).isEqualTo("paused");
        post("/connect", "{\"timeout\":60,\"memory\":false}", 201);
        assertThat(detail().has("envdUnresponsiveAtPause")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"requireHealthyGuest\":true}", "{\"memory\":false}"})
    void aPauseThatNeedsTheAgentIsRefusedForGoodAndTheSandboxGoesOn(String body) {
        agent().breakLink();
        var refused = post("/pause", body, 503);
        assertThat(refused.answerHeader("Should-Retry")).contains("false");
        assertThat(detail().path("state").asString()).isEqualTo("running");
    }

    @Test
    void aDiskWithoutRoomIsToldAndTheSandboxGoesOn() {
        plane.node.transitions().fail(Kind.PAUSE, new NodeException(Category.EXHAUSTED, "the disk is full"));
        var refused = post("/pause", "", 503);
        assertThat(json(refused).path("error_code").asString()).isEqualTo("sandbox_capacity_unavailable");
        assertThat(detail().path("state").asString()).isEqualTo("running");
    }

    @Test
    void aPausedSandboxGivesItsPlaceUpAndMustGetOneAgain() {
        post("/pause", "", 204);
        plane.create("{}");
        plane.create("{}");
        var third = plane.create("{}");
        assertThat(message(post("/connect", "{}", 429))).contains("maximum number of concurrent");
        post("/resume", "", 429);
        assertThat(detail().path("state").asString()).isEqualTo("paused");
        plane.call("DELETE", "/sandboxes/" + third, "", 204);
        post("/connect", "{}", 201);
    }

    @Test
    void aFailedResumeLeavesItPausedAndItsPlaceFree() {
        post("/pause", "", 204);
        plane.node.transitions().fail(Kind.RESUME, new NodeException(Category.EXHAUSTED, "no memory"));
        assertThat(json(post("/connect", "{}", 503)).path("error_code").asString()).isEqualTo("sandbox_capacity_unavailable");
        assertThat(detail().path("state").asString()).isEqualTo("paused");
        plane.create("{}");
        plane.create("{}");
        plane.create("{}");
    }

    @Test
    void theOldResumeMayChangeWhatHappensAtItsEnd() {
        post("/pause", "", 204);
        post("/resume", "{\"autoPause\":true,\"memory\":false}", 201);
        var request = plane.node.lastResume().orElseThrow();
        assertThat(request.onTimeout()).contains(Lifecycle.OnTimeout.PAUSE);
        assertThat(request.memory()).isFalse();
        assertThat(request.byTraffic()).isFalse();
        post("/resume", "", 409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/connect", "/resume"})
    void theLongestRunHoldsForResumesToo(String what) {
        post("/pause", "", 204);
        assertThat(message(post(what, "{\"timeout\":3601}", 400))).isEqualTo("Timeout cannot be greater than 1 hours");
    }

    /** §5.5: both states in one order, and counted apart. */
    @Test
    void listsShowBothStatesInOneOrder() {
        plane.clock.advance(Duration.ofSeconds(1));
        var second = plane.create("{\"a\":\"b\"}");
        plane.clock.advance(Duration.ofSeconds(1));
        var third = plane.create("{}");
        plane.call("POST", "/sandboxes/" + second + "/pause", "", 204);
        assertThat(ids("/v2/sandboxes")).containsExactly(third, second, id);
        assertThat(ids("/v2/sandboxes?order=asc")).containsExactly(id, second, third);
        assertThat(ids("/v2/sandboxes?state=paused")).containsExactly(second);
        assertThat(ids("/v2/sandboxes?state=running")).containsExactly(third, id);
        assertThat(ids("/v2/sandboxes?metadata=a%3Db")).containsExactly(second, id);
        assertThat(ids("/sandboxes")).containsExactly(third, id);
        var all = plane.call("GET", "/v2/sandboxes?limit=1", "", 200);
        assertThat(all.answerHeader("X-Total-Running")).contains("2");
        assertThat(plane.call("GET", "/v2/sandboxes?state=paused", "", 200).answerHeader("X-Total-Running")).isEmpty();
        var seen = new java.util.ArrayList<>(List.of(json(all).path(0).path("sandboxID").asString()));
        for (var next = all.answerHeader("X-Next-Token"); next.isPresent(); ) {
            var page = plane.call("GET", "/v2/sandboxes?limit=1&nextToken=" + next.get(), "", 200);
            seen.add(json(page).path(0).path("sandboxID").asString());
            next = page.answerHeader("X-Next-Token");
        }
        assertThat(seen).containsExactly(third, second, id);
    }

    /** Only running ones count and are killed by the operator; the past of a paused one can be read. */
    @Test
    void theOperatorAndTheHistoryKnowPausedOnes() {
        post("/pause", "", 204);
        assertThat(json(plane.admin("GET", "/admin/sandboxes/running-counts", "", 200))).isEmpty();
        assertThat(json(plane.admin("POST", "/admin/teams/" + plane.team.id() + "/sandboxes/kill", "", 200)).path("killedCount").asInt()).isZero();
        plane.call("GET", "/sandboxes/" + id + "/metrics", "", 200);
        plane.call("GET", "/v2/sandboxes/" + id + "/logs", "", 200);
        plane.call("DELETE", "/sandboxes/" + id, "", 204);
    }

    private List<String> ids(String target) {
        return json(plane.call("GET", target, "", 200)).valueStream().map(row -> row.path("sandboxID").asString()).toList();
    }
}
