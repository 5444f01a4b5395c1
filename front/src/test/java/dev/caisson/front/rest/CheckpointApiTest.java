package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.node.FileChange;
import dev.caisson.node.NodeException;
import dev.caisson.node.testing.FakeTransitions.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CheckpointApiTest {
    private static final String UNKNOWN = "11111111-2222-3333-4444-555555555555";
    private ControlPlane plane;
    private String sandbox;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
        sandbox = "/sandboxes/" + plane.create("{}");
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private JsonNode take(String body) {
        plane.clock.advance(Duration.ofSeconds(1));
        return json(plane.call("POST", sandbox + "/checkpoints", body, 201));
    }

    private String taken() {
        return take("").path("checkpointID").asString();
    }

    private JsonNode detail() {
        return json(plane.call("GET", sandbox, "", 200));
    }

    @Test
    void theyAreListedNewestFirstAndForgotten() {
        var first = take("{\"name\":\"before\"}");
        assertThat(first.path("name").asString()).isEqualTo("before");
        assertThat(first.path("createdAt").asString()).isEqualTo("2026-01-01T00:00:01Z");
        assertThat(first.path("sizeBytes").asLong()).isPositive();
        var second = take("{}");
        assertThat(second.path("name").asString()).isEmpty();
        assertThat(json(plane.call("GET", sandbox + "/checkpoints", "", 200))).containsExactly(second, first);
        var page = plane.call("GET", sandbox + "/checkpoints?limit=1", "", 200);
        assertThat(json(page)).containsExactly(second);
        var next = page.answerHeader("X-Next-Token").orElseThrow();
        assertThat(json(plane.call("GET", sandbox + "/checkpoints?limit=1&nextToken=" + next, "", 200))).containsExactly(first);
        var target = sandbox + "/checkpoints/" + first.path("checkpointID").asString();
        assertThat(plane.call("DELETE", target, "", 204).answerText()).isEmpty();
        plane.call("DELETE", target, "", 404);
        assertThat(json(plane.call("GET", sandbox + "/checkpoints", "", 200))).containsExactly(second);
    }

    @Test
    void goingBackIsANewRunOfTheSameSandbox() {
        var checkpoint = taken();
        var before = detail();
        var answer = json(plane.call("POST", sandbox + "/checkpoints/" + checkpoint + "/rollback", "", 200));
        assertThat("/sandboxes/" + answer.path("sandboxID").asString()).isEqualTo(sandbox);
        assertThat(answer.path("envdAccessToken")).isEqualTo(before.path("envdAccessToken"));
        assertThat(detail().path("endAt")).isEqualTo(before.path("endAt"));
        assertThat(plane.node.list().getFirst().run()).isEqualTo(2);
    }

    @Test
    void aPausedOneRunsAfterwardsAndNeedsAPlace() {
        var checkpoint = taken();
        plane.call("POST", sandbox + "/pause", "", 204);
        plane.create("{}");
        plane.create("{}");
        var third = plane.create("{}");
        plane.call("POST", sandbox + "/checkpoints/" + checkpoint + "/rollback", "", 429);
        plane.call("DELETE", "/sandboxes/" + third, "", 204);
        plane.clock.advance(Duration.ofMinutes(10));
        plane.call("POST", sandbox + "/checkpoints/" + checkpoint + "/rollback", "", 200);
        assertThat(detail().path("state").asString()).isEqualTo("running");
        assertThat(detail().path("endAt").asString()).isEqualTo(plane.clock.instant().plusSeconds(300).toString());
    }

    @Test
    void howFilesDifferIsALineForEach() {
        var first = taken();
        var second = taken();
        plane.node.checkpoints().changes(List.of(
                new FileChange(FileChange.Kind.ADDED, "/a \"b\""), new FileChange(FileChange.Kind.CHANGED, "/c"),
                new FileChange(FileChange.Kind.REMOVED, "/d")));
        for (var query : new String[] {"", "?to=" + second}) {
            var answer = plane.call("GET", sandbox + "/checkpoints/" + first + "/diff" + query, "", 200);
            assertThat(answer.answerHeader("Content-Type").orElseThrow()).startsWith("application/x-ndjson");
            assertThat(answer.answerText()).isEqualTo("""
                    {"change":"added","path":"/a \\"b\\""}
                    {"change":"changed","path":"/c"}
                    {"change":"removed","path":"/d"}
                    """);
        }
    }

    @Test
    void noDifferenceIsAnEmptyAnswer() {
        var answer = plane.call("GET", sandbox + "/checkpoints/" + taken() + "/diff", "", 200);
        assertThat(answer.answerText()).isEmpty();
        assertThat(answer.complete()).isTrue();
    }

    @Test
    void aDiffThatFailsIsToldOrCutOff() {
        var checkpoint = taken();
        plane.node.checkpoints().failDiffs(new NodeException(Category.INTERNAL, "a layer is unreadable"));
        assertThat(message(plane.call("GET", sandbox + "/checkpoints/" + checkpoint + "/diff", "", 500))).isEqualTo("a layer is unreadable");
        plane.node.checkpoints().changes(List.of(new FileChange(FileChange.Kind.ADDED, "/a")));
        var cut = plane.request("GET", sandbox + "/checkpoints/" + checkpoint + "/diff", "").handledBy(plane.api);
        assertThat(cut.complete()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {UNKNOWN, "nonsense"})
    void oneThatIsNotThereIsNotFound(String checkpoint) {
        var other = taken();
        plane.call("POST", sandbox + "/checkpoints/" + checkpoint + "/rollback", "", 404);
        plane.call("GET", sandbox + "/checkpoints/" + checkpoint + "/diff", "", 404);
        plane.call("GET", sandbox + "/checkpoints/" + other + "/diff?to=" + checkpoint, "", 404);
        plane.call("DELETE", sandbox + "/checkpoints/" + checkpoint, "", 404);
    }

    @Test
    void ofASandboxThatIsNotThereNothingIsFound() {
        sandbox = "/sandboxes/nonexistingsandbox";
        plane.call("POST", sandbox + "/checkpoints", "", 404);
        plane.call("GET", sandbox + "/checkpoints", "", 404);
        plane.call("POST", sandbox + "/checkpoints/" + UNKNOWN + "/rollback", "", 404);
        plane.call("DELETE", sandbox + "/checkpoints/" + UNKNOWN, "", 404);
    }

    @Test
    void aNameHasAHundredCharactersAtMost() {
        plane.call("POST", sandbox + "/checkpoints", "{\"name\":\"" + "x".repeat(101) + "\"}", 400);
        plane.call("POST", sandbox + "/checkpoints", "{\"name\":\"a\\nb\"}", 400);
        plane.call("POST", sandbox + "/checkpoints", "{\"name\":7}", 400);
        assertThat(plane.node.transitions().begun(Kind.SNAPSHOT)).isZero();
    }

    @Test
    void aDiskWithoutRoomIs503() {
        plane.node.transitions().fail(Kind.SNAPSHOT, new NodeException(Category.EXHAUSTED, "the disk is full"));
        plane.call("POST", sandbox + "/checkpoints", "", 503);
    }
}
