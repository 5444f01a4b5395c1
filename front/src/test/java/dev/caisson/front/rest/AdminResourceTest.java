package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code contract/rest-api.md} §3.4 and Caisson's own {@code /caisson/teams}. */
class AdminResourceTest {
    private ControlPlane plane;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void theOperatorMakesATeamAndAKeyThatWorksForIt() {
        var team = json(plane.admin("POST", "/caisson/teams", "{\"name\":\"Data Science\",\"maxSandboxes\":1,\"maxSeconds\":600}", 201));
        assertThat(team.path("slug").asString()).isEqualTo("data-science");
        assertThat(team.path("maxSeconds").asInt()).isEqualTo(600);
        var id = team.path("teamID").asString();
        var key = json(plane.admin("POST", "/admin/teams/" + id + "/api-keys", "{\"name\":\"first\"}", 201)).path("key").asString();
        plane.answered(create(key, "{\"templateID\":\"base\"}"), 201);
        assertThat(message(plane.answered(create(key, "{\"templateID\":\"base\"}"), 429))).contains("concurrent E2B sandboxes (1)");
        assertThat(message(plane.answered(create(key, "{\"templateID\":\"base\",\"timeout\":601}"), 400))).startsWith("Timeout cannot");
        var listed = json(plane.admin("GET", "/caisson/teams", "", 200));
        assertThat(listed.size()).isEqualTo(3);
        assertThat(listed.path(2).path("teamID").asString()).isEqualTo(id);
        assertThat(listed.path(2).path("runningSandboxes").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "{}", "[]", "{\"name\":\"\"}", "{\"name\":\"a\",\"slug\":\"A B\"}", "{\"name\":\"a\",\"slug\":7}",
        "{\"name\":\"a\",\"maxSandboxes\":0}", "{\"name\":\"a\",\"maxSeconds\":0}"
    })
    void badTeamsAreRefused(String body) {
        plane.admin("POST", "/caisson/teams", body, 400);
        assertThat(plane.accounts.teams()).hasSize(2);
    }

    @Test
    void aSlugThatIsTakenIsAConflict() {
        plane.admin("POST", "/caisson/teams", "{\"name\":\"Other\"}", 409);
    }

    @Test
    void aKeyIsRevokedForATeam() {
        var target = "/admin/teams/" + plane.team.id() + "/api-keys/" + plane.key.info().id();
        plane.admin("DELETE", target, "", 204);
        plane.call("GET", "/sandboxes", "", 401);
        assertThat(message(plane.admin("DELETE", target, "", 404))).isEqualTo("API key not found");
        plane.admin("DELETE", "/admin/teams/" + plane.team.id() + "/api-keys/nonsense", "", 400);
    }

    @Test
    void aTeamThatIsNotThereIsNotFound() {
        var nobody = new UUID(9, 9).toString();
        assertThat(message(plane.admin("POST", "/admin/teams/" + nobody + "/api-keys", "{\"name\":\"a\"}", 404))).isEqualTo("Team not found");
        assertThat(message(plane.admin("POST", "/admin/teams/" + nobody + "/sandboxes/kill", "", 404))).isEqualTo("Team not found");
        assertThat(message(plane.admin("POST", "/admin/teams/nonsense/sandboxes/kill", "", 400))).isEqualTo("Invalid team ID");
    }

    @Test
    void everySandboxOfATeamIsKilledAndNoOther() {
        plane.create("{}");
        plane.create("{}");
        plane.answered(create(plane.otherKey.key().text(), "{\"templateID\":\"base\"}"), 201);
        assertThat(plane.admin("GET", "/admin/sandboxes/running-counts", "", 200).answerText())
                .contains("\"" + plane.team.id() + "\":2").contains("\"" + plane.otherTeam.id() + "\":1");
        var killed = plane.admin("POST", "/admin/teams/" + plane.team.id() + "/sandboxes/kill", "", 200);
        assertThat(killed.answerText()).isEqualTo("{\"killedCount\":2,\"failedCount\":0}");
        assertThat(plane.admin("GET", "/admin/sandboxes/running-counts", "", 200).answerText())
                .isEqualTo("{\"" + plane.otherTeam.id() + "\":1}");
    }

    private FakeExchange create(String key, String body) {
        return FakeExchange.request("POST", "/v2/sandboxes").header("X-API-Key", key).body(body);
    }
}
