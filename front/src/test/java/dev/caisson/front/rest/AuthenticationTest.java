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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code contract/rest-api.md} §1.2. */
class AuthenticationTest {
    private ControlPlane plane;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-API-Key", "x-api-key", "X-API-KEY"})
    void aKeyWorksUnderEverySpellingOfItsHeader(String header) {
        ask(header, plane.key.key().text(), 200);
        ask(header, "Bearer " + plane.key.key().text(), 200);
    }

    @Test
    void aKeyWorksAsBearer() {
        ask("Authorization", "Bearer " + plane.key.key().text(), 200);
        ask("Authorization", "bearer " + plane.key.key().text(), 200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "X-API-Key|e2b_00|Invalid API key, please visit https://e2b.dev/docs/api-key for more information.",
        "X-API-Key|e2b_xyz|Invalid API key, please visit https://e2b.dev/docs/api-key for more information.",
        "X-API-Key|junk|Invalid API key, please visit https://e2b.dev/docs/api-key for more information.",
        "Authorization|Bearer e2b_00|Invalid API key, please visit https://e2b.dev/docs/api-key for more information.",
        "Authorization|Bearer sk_e2b_00|Invalid Access token, try to login again by running `e2b auth login`.",
        "Authorization|Bearer eyJh.eyJz.c2ln|Invalid Access token, try to login again by running `e2b auth login`.",
        "Authorization|Basic dXNlcjo=|authorization header is malformed",
        "X-Admin-Token|wrong|Invalid Access token.",
        "Accept|*/*|authorization header is missing",
    })
    void whatIsWrongIsSaidInTheWordsClientsKnow(String header, String value, String begin) {
        assertThat(message(ask(header, value, 401))).startsWith(begin);
    }

    @Test
    void theFirstThatWasSentIsComplainedAbout() {
        var both = FakeExchange.request("GET", "/sandboxes").header("X-Admin-Token", "wrong").header("X-API-Key", "e2b_00");
        assertThat(message(plane.answered(both, 401))).startsWith("Invalid API key");
    }

    @Test
    void oneGoodCredentialIsEnough() {
        var mixed = FakeExchange.request("GET", "/sandboxes").header("X-API-Key", "e2b_00")
                .header("X-Admin-Token", ControlPlane.ADMIN_TOKEN).header("X-Team-ID", plane.team.id());
        plane.answered(mixed, 200);
    }

    @Test
    void theOperatorActsForTheTeamHeNames() {
        var mine = plane.create("{}");
        var found = asOperator("GET", "/sandboxes/" + mine, plane.team.id(), 200);
        assertThat(json(found).path("sandboxID").asString()).isEqualTo(mine);
        asOperator("GET", "/sandboxes/" + mine, plane.otherTeam.id(), 404);
    }

    @Test
    void theOperatorsTeamMustBeOne() {
        assertThat(message(asOperator("GET", "/sandboxes", "nonsense", 400))).isEqualTo("Invalid team ID");
        assertThat(message(asOperator("GET", "/sandboxes", new UUID(7, 7).toString(), 404))).isEqualTo("Team not found");
        assertThat(message(ask("X-Admin-Token", ControlPlane.ADMIN_TOKEN, 401))).contains("X-Team-ID is missing");
    }

    @Test
    void aWrongOperatorIsRefusedBeforeHisTeamIsLookedAt() {
        var exchange = FakeExchange.request("GET", "/sandboxes").header("X-Admin-Token", "wrong").header("X-Team-ID", "nonsense");
        plane.answered(exchange, 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET /caisson/teams", "POST /caisson/teams", "GET /admin/sandboxes/running-counts", "POST /admin/teams/x/api-keys",
        "DELETE /admin/teams/x/api-keys/y", "POST /admin/teams/x/sandboxes/kill", "GET /nodes"
    })
    void aTeamsKeyDoesNotMakeAnOperator(String route) {
        var parts = route.split(" ");
        assertThat(message(plane.call(parts[0], parts[1], "{broken", 401))).startsWith("authorization header is missing");
    }

    private FakeExchange ask(String header, String value, int expected) {
        return plane.answered(FakeExchange.request("GET", "/sandboxes").header(header, value), expected);
    }

    private FakeExchange asOperator(String method, String target, String team, int expected) {
        return plane.answered(
                FakeExchange.request(method, target).header("X-Admin-Token", ControlPlane.ADMIN_TOKEN).header("X-Team-ID", team), expected);
    }
}
