package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.control.KeyInfo;
import dev.caisson.http.testing.FakeExchange;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code contract/rest-api.md} §1.3, §3.4, §8.3. */
class KeyResourceTest {
    private ControlPlane plane;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    /** Trap 67. */
    @Test
    void teamsAnswersWithTheKeyThatWasSentAndMakesNone() {
        var before = plane.accounts.keys(plane.team).size();
        for (var header : new String[] {"X-API-Key", "Authorization"}) {
            var value = (header.equals("Authorization") ? "Bearer " : "") + plane.key.key().text();
            var teams = json(plane.answered(FakeExchange.request("GET", "/teams").header(header, value), 200));
            assertThat(teams.size()).isEqualTo(1);
            assertThat(teams.path(0).path("teamID").asString()).isEqualTo(plane.team.id());
            assertThat(teams.path(0).path("name").asString()).isEqualTo("Default");
            assertThat(teams.path(0).path("apiKey").asString()).isEqualTo(plane.key.key().text());
            assertThat(teams.path(0).path("isDefault").asBoolean()).isTrue();
        }
        assertThat(plane.accounts.keys(plane.team)).hasSize(before);
    }

    @Test
    void teamsHasNoKeyToAnswerWithForTheOperator() {
        var exchange = FakeExchange.request("GET", "/teams")
                .header("X-Admin-Token", ControlPlane.ADMIN_TOKEN).header("X-Team-ID", plane.team.id());
        plane.answered(exchange, 401);
    }

    @Test
    void aNewKeyIsShownOnceAndWorks() {
        var made = json(plane.call("POST", "/api-keys", "{\"name\":\"laptop\"}", 201));
        assertThat(made.path("key").asString()).matches("e2b_[0-9a-f]{40}");
        assertThat(made.path("createdAt").asString()).endsWith("Z");
        plane.answered(FakeExchange.request("GET", "/sandboxes").header("X-API-Key", made.path("key").asString()), 200);
        var listed = json(plane.call("GET", "/api-keys", "", 200)).path(1);
        assertThat(listed.path("id").asString()).isEqualTo(made.path("id").asString());
        assertThat(listed.path("name").asString()).isEqualTo("laptop");
        assertThat(listed.has("key")).isFalse();
        assertThat(listed.path("mask").toString()).isEqualTo("{\"prefix\":\"e2b_\",\"valueLength\":40,\"maskedValuePrefix\":\""
                + made.path("key").asString().substring(4, 6) + "\",\"maskedValueSuffix\":\"" + made.path("key").asString().substring(40)
                + "\"}");
    }

    /** Trap 69. */
    @Test
    void lastUsedIsSetSoonAfterUse() {
        var made = json(plane.call("POST", "/api-keys", "{\"name\":\"laptop\"}", 201));
        assertThat(json(plane.call("GET", "/api-keys", "", 200)).path(1).has("lastUsed")).isFalse();
        plane.answered(FakeExchange.request("GET", "/sandboxes").header("X-API-Key", made.path("key").asString()), 200);
        await().untilAsserted(() ->
                assertThat(json(plane.call("GET", "/api-keys", "", 200)).path(1).path("lastUsed").asString("")).endsWith("Z"));
    }

    @Test
    void aKeyIsRenamed() {
        var made = plane.accounts.createKey(plane.team, "laptop");
        var answer = plane.call("PATCH", "/api-keys/" + made.info().id(), "{\"name\":\"desk\"}", 202);
        assertThat(answer.answerText()).isEmpty();
        assertThat(plane.accounts.keys(plane.team)).extracting(KeyInfo::name).containsExactly("test", "desk");
    }

    @Test
    void aRevokedKeyIsRefusedAtOnce() {
        var made = plane.accounts.createKey(plane.team, "laptop");
        plane.answered(FakeExchange.request("GET", "/sandboxes").header("X-API-Key", made.key().text()), 200);
        plane.call("DELETE", "/api-keys/" + made.info().id(), "", 204);
        plane.answered(FakeExchange.request("GET", "/sandboxes").header("X-API-Key", made.key().text()), 401);
    }

    @Test
    void aKeyCannotRevokeItself() {
        var answer = plane.call("DELETE", "/api-keys/" + plane.key.info().id(), "", 409);
        assertThat(message(answer)).contains("nothing was revoked").contains("caisson keys revoke");
        plane.call("GET", "/api-keys", "", 200);
    }

    @Test
    void theOperatorRevokesEveryKey() {
        var exchange = FakeExchange.request("DELETE", "/api-keys/" + plane.key.info().id())
                .header("X-Admin-Token", ControlPlane.ADMIN_TOKEN).header("X-Team-ID", plane.team.id());
        plane.answered(exchange, 204);
        plane.call("GET", "/api-keys", "", 401);
    }

    @Test
    void whatIsNotThereOrAnotherTeamsIsNotFound() {
        for (var id : new String[] {new UUID(1, 1).toString(), plane.otherKey.info().id()}) {
            plane.call("DELETE", "/api-keys/" + id, "", 404);
            plane.call("PATCH", "/api-keys/" + id, "{\"name\":\"x\"}", 404);
        }
        plane.call("DELETE", "/api-keys/nonsense", "", 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"name\":\"\"}", "{\"name\":7}", "{\"name\":\"a\\u0000b\"}"})
    void badNamesAreRefused(String body) {
        plane.call("POST", "/api-keys", body, 400);
        plane.call("PATCH", "/api-keys/" + plane.otherKey.info().id(), body, 400);
        assertThat(plane.accounts.keys(plane.team)).hasSize(1);
    }
}
