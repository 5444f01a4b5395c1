package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import dev.caisson.node.testing.FakeTransitions.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code contract/rest-api.md} §7.2. The team may have three sandboxes at once. */
class ForkApiTest {
    private ControlPlane plane;
    private String id;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
        id = json(plane.call("POST", "/v2/sandboxes",
                "{\"templateID\":\"base\",\"metadata\":{\"a\":\"b\"},\"autoPause\":true,\"autoResume\":{\"enabled\":true}}", 201))
                .path("sandboxID").asString();
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private JsonNode fork(String body) {
        return json(plane.call("POST", "/sandboxes/" + id + "/fork", body, 201));
    }

    private JsonNode detail(String sandbox) {
        return json(plane.call("GET", "/sandboxes/" + sandbox, "", 200));
    }

    @Test
    void everyOneIsASandboxOfItsOwnThatInheritsWhatItCameFrom() {
        var before = detail(id);
        plane.clock.advance(Duration.ofSeconds(9));
        var made = json(plane.call("POST", "/v2/sandboxes/" + id + "/fork", "{\"count\":2,\"timeout\":60}", 201));
        assertThat(made).hasSize(2);
        assertThat(made.valueStream().map(child -> child.path("sandbox").path("sandboxID").asString())).doesNotContain(id).doesNotHaveDuplicates();
        for (var child : made) {
            assertThat(child.has("error")).isFalse();
            var sandbox = child.path("sandbox");
            var after = detail(sandbox.path("sandboxID").asString());
            assertThat(sandbox.path("envdAccessToken").asString()).isNotEmpty().isNotEqualTo(before.path("envdAccessToken").asString());
            assertThat(after.path("startedAt").asString()).isEqualTo("2026-01-01T00:00:09Z");
            assertThat(after.path("endAt").asString()).isEqualTo("2026-01-01T00:01:09Z");
            for (var same : new String[] {"templateID", "alias", "metadata", "lifecycle"}) {
                assertThat(after.path(same)).as(same).isEqualTo(before.path(same));
            }
        }
        assertThat(detail(id)).isEqualTo(before);
    }

    @Test
    void withoutABodyItIsOneForFifteenSeconds() {
        var made = fork("");
        assertThat(made).hasSize(1);
        assertThat(detail(made.path(0).path("sandbox").path("sandboxID").asString()).path("endAt").asString()).isEqualTo("2026-01-01T00:00:15Z");
    }

    /** Trap 37. */
    @Test
    void oneThatFailsLeavesTheOthers() {
        plane.node.failFork(0, new NodeException(Category.EXHAUSTED, "no memory"));
        var made = fork("{\"count\":2}");
        assertThat(made.path(0).has("sandbox")).isFalse();
        assertThat(made.path(0).path("error").path("code").asInt()).isEqualTo(503);
        assertThat(made.path(0).path("error").path("message").asString()).isEqualTo("no memory");
        assertThat(made.path(1).path("sandbox").path("sandboxID").asString()).isNotEmpty();
    }

    @Test
    void thoseForWhichThereIsNoPlaceFailAndNoneIsTheWholeCalls() {
        plane.create("{}");
        var made = fork("{\"count\":2}");
        assertThat(made.path(0).has("sandbox")).isTrue();
        assertThat(made.path(1).path("error").path("code").asInt()).isEqualTo(429);
        assertThat(message(plane.call("POST", "/sandboxes/" + id + "/fork", "{}", 429))).contains("maximum number of concurrent");
        assertThat(plane.node.transitions().begun(Kind.FORK)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"count\":0}|validation error", "{\"count\":101}|validation error", "{\"count\":-1}|validation error", "{\"count\":3}|may have at once (3)",
        "{\"timeout\":0}|Timeout must be greater", "{\"timeout\":3601}|Timeout cannot be greater", "{\"count\":1.5}|validation error"
    })
    void whatIsTooMuchOrTooLittleIs400AndMakesNothing(String body, String text) {
        assertThat(message(plane.call("POST", "/sandboxes/" + id + "/fork", body, 400))).contains(text);
        assertThat(plane.node.list()).hasSize(1);
    }

    @Test
    void ofOneThatIsBusyNoneIsMade() {
        plane.node.transitions().fail(Kind.FORK, new NodeException(Category.UNAVAILABLE, "its agent does not answer"));
        plane.call("POST", "/sandboxes/" + id + "/fork", "{}", 503);
        assertThat(plane.node.list()).hasSize(1);
    }

    @Test
    void aClientThatLeftHasNoSandboxes() {
        var exchange = plane.request("POST", "/sandboxes/" + id + "/fork", "{\"count\":2}");
        exchange.clientLeaves();
        exchange.handledBy(plane.api);
        assertThat(plane.node.list()).hasSize(1);
    }
}
