package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code contract/rest-api.md} §15.2 and what Caisson adds to a create request. */
class CreateResourceTest {
    private static final String BASE = "{\"templateID\":\"base\"}";

    @TempDir
    private Path folder;

    private ControlPlane plane;

    @BeforeEach
    void start() {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sandboxes", "/v2/sandboxes"})
    void aRepeatWithTheSameKeyGetsTheFirstAnswer(String path) {
        var first = create(path, "key-1", "{\"templateID\":\"base\",\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}", 201);
        var again = create(path, "key-1", "{ \"metadata\": {\"b\":\"2\",\"a\":\"1\"}, \"templateID\":\"base\" }", 201);
        assertThat(again.answerText()).isEqualTo(first.answerText());
        assertThat(again.answerHeader("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(plane.node.list()).hasSize(1);
    }

    @Test
    void itGetsTheFirstAnswerEvenWhenThatSandboxHasEnded() {
        var first = create("/v2/sandboxes", "key-1", BASE, 201);
        plane.call("DELETE", "/sandboxes/" + json(first).path("sandboxID").asString(), "", 204);
        assertThat(create("/v2/sandboxes", "key-1", BASE, 201).answerText()).isEqualTo(first.answerText());
        assertThat(plane.node.list()).isEmpty();
    }

    @Test
    void anotherBodyOrPathIsAMismatch() {
        create("/v2/sandboxes", "key-1", BASE, 201);
        for (var other : new FakeExchange[] {
            create("/v2/sandboxes", "key-1", "{\"templateID\":\"base\",\"timeout\":60}", 422), create("/sandboxes", "key-1", BASE, 422)
        }) {
            assertThat(json(other).path("error_code").asString()).isEqualTo("idempotency_request_mismatch");
            assertThat(json(other).path("code").asInt()).isEqualTo(422);
        }
        assertThat(plane.node.list()).hasSize(1);
    }

    @Test
    void afterARestartThereIsStillOneSandbox() {
        var first = create("/v2/sandboxes", "key-1", BASE, 201);
        var key = plane.key;
        plane.close();
        plane = new ControlPlane(folder);
        var again = FakeExchange.request("POST", "/v2/sandboxes").header("X-API-Key", key.key().text())
                .header("Idempotency-Key", "key-1").body(BASE);
        assertThat(plane.answered(again, 201).answerText()).isEqualTo(first.answerText());
        assertThat(plane.node.list()).as("of the restarted server").isEmpty();
    }

    @Test
    void aLostAnswerIsSaidToBeLostAndNotWorthARepeat() {
        var first = create("/v2/sandboxes", "key-1", BASE, 201);
        var request = plane.idempotencyStore.find(plane.team.id(), "key-1", plane.clock.instant().minusSeconds(1)).orElseThrow().request();
        plane.idempotencyStore.begin(plane.team.id(), "key-1", request, plane.clock.instant());
        var lost = create("/v2/sandboxes", "key-1", BASE, 409);
        assertThat(json(lost).path("error_code").asString()).isEqualTo("idempotency_outcome_unknown");
        assertThat(lost.answerHeader("Should-Retry")).contains("false");
        assertThat(plane.node.list()).extracting(info -> info.id().value())
                .containsExactly(json(first).path("sandboxID").asString());
    }

    /** No room now, room later: the repeats that SDKs make by themselves go through. */
    @Test
    void aRefusalIsNotRemembered() {
        for (int i = 0; i < plane.team.maxSandboxes(); i++) {
            plane.create("{}");
        }
        var refused = create("/v2/sandboxes", "key-1", BASE, 429);
        assertThat(refused.answerHeader("Should-Retry")).contains("true");
        assertThat(refused.answerHeader("Retry-After")).contains("1");
        plane.call("DELETE", "/sandboxes/" + plane.node.list().getFirst().id(), "", 204);
        create("/v2/sandboxes", "key-1", BASE, 201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UPPER", "a_b", "a b", "ä"})
    void aMalformedKeyIsAValidationError(String key) {
        assertThat(message(create("/v2/sandboxes", key, BASE, 400))).startsWith("validation error: header 'Idempotency-Key'");
        create("/v2/sandboxes", "a".repeat(256), BASE, 400);
        create("/v2/sandboxes", "a".repeat(255), BASE, 201);
        assertThat(plane.node.list()).hasSize(1);
    }

    @Test
    void aClientThatLeftLeavesNoSandbox() {
        var exchange = plane.request("POST", "/v2/sandboxes", BASE);
        exchange.clientLeaves();
        exchange.handledBy(plane.api);
        assertThat(plane.node.list()).isEmpty();
        assertThat(plane.node.ended()).hasSize(1);
    }

    @Test
    void aClientThatLeftWithAKeyFindsItsSandboxAgain() {
        var exchange = plane.request("POST", "/v2/sandboxes", BASE).header("Idempotency-Key", "key-1");
        exchange.clientLeaves();
        exchange.handledBy(plane.api);
        var id = plane.node.list().getFirst().id().value();
        assertThat(json(create("/v2/sandboxes", "key-1", BASE, 201)).path("sandboxID").asString()).isEqualTo(id);
        assertThat(plane.node.list()).hasSize(1);
    }

    @Test
    void isolationThatThereIsCanBeDemanded() {
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"caisson\":{\"minimumIsolation\":\"gvisor\"}}", 201);
    }

    @Test
    void isolationThatThereIsNotIsRefused() {
        var refused = plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"caisson\":{\"minimumIsolation\":\"microvm\"}}", 400);
        assertThat(message(refused)).contains("by 'microvm' at least").contains("by 'gvisor'").contains("nothing was made");
        assertThat(plane.node.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"none\"", "\"GVISOR\"", "7", "{}"})
    void aWrongLevelIsAValidationError(String level) {
        var refused = plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"caisson\":{\"minimumIsolation\":" + level + "}}", 400);
        assertThat(message(refused)).startsWith("validation error");
    }

    private FakeExchange create(String path, String key, String body, int expected) {
        return plane.answered(plane.request("POST", path, body).header("Idempotency-Key", key), expected);
    }
}
