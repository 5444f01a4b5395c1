package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestApiTest {
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
    void healthNeedsNoKeyAndIsText() {
        var exchange = FakeExchange.request("GET", "/health").handledBy(plane.api);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.answerText()).isEqualTo("Health check successful");
    }

    @Test
    void aMissingKeyWinsOverEverythingElse() {
        var exchange = FakeExchange.request("POST", "/sandboxes").body("{broken").handledBy(plane.api);
        assertThat(exchange.status()).isEqualTo(401);
        assertThat(json(exchange).path("code").asInt()).isEqualTo(401);
    }

    @Test
    void theDomainIsToldWhereThereIsOne(@TempDir Path folder) {
        try (var named = new ControlPlane(folder, "e2b.localhost:4747")) {
            var made = json(named.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\"}", 201));
            assertThat(made.path("domain").asString()).isEqualTo("e2b.localhost:4747");
            var sandbox = "/sandboxes/" + made.path("sandboxID").asString();
            assertThat(json(named.call("POST", sandbox + "/connect", "{\"timeout\":60}", 200)).path("domain").asString()).isEqualTo("e2b.localhost:4747");
            assertThat(json(named.call("GET", sandbox, "", 200)).path("domain").asString()).isEqualTo("e2b.localhost:4747");
        }
    }

    @Test
    void theSecondVersionSecuresEverySandboxAndTakesTheTemplatesTimeout() {
        var made = json(call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"metadata\":{},\"envVars\":{}}", 201));
        assertThat(made.path("sandboxID").asString()).matches("i[a-z0-9]{19}");
        assertThat(made.path("alias").asString()).isEqualTo("base");
        assertThat(made.path("clientID").asString()).isNotEmpty();
        assertThat(made.path("envdAccessToken").asString()).matches("[0-9a-f]{64}");
        assertThat(made.has("domain")).isFalse();
        var detail = json(call("GET", "/sandboxes/" + made.path("sandboxID").asString(), "", 200));
        assertThat(detail.path("envdAccessToken").asString()).isEqualTo(made.path("envdAccessToken").asString());
        assertThat(detail.path("endAt").asString()).isEqualTo("2026-01-01T00:05:00Z");
        assertThat(detail.path("state").asString()).isEqualTo("running");
        assertThat(detail.path("memoryMB").asInt()).isEqualTo(1024);
        assertThat(detail.has("network")).isFalse();
        assertThat(detail.path("lifecycle").path("onTimeout").asString()).isEqualTo("kill");
    }

    @Test
    void theFirstVersionDefaultsToFifteenSecondsAndNoToken() {
        var made = json(call("POST", "/sandboxes", "{\"templateID\":\"base\"}", 201));
        assertThat(made.has("envdAccessToken")).isFalse();
        assertThat(json(call("GET", "/sandboxes/" + made.path("sandboxID").asString(), "", 200)).path("endAt").asString())
                .isEqualTo("2026-01-01T00:00:15Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "[]", "{broken", "{}", "{\"templateID\":7}", "{\"templateID\":\"base\",\"timeout\":-1}",
        "{\"templateID\":\"base\",\"timeout\":\"5\"}", "{\"templateID\":\"base\",\"timeout\":1.5}",
        "{\"templateID\":\"base\",\"metadata\":[]}", "{\"templateID\":\"base\",\"metadata\":{\"a\":1}}",
        "{\"templateID\":\"base\",\"secure\":\"yes\"}", "{\"templateID\":\"base\",\"autoPause\":1}",
        "{\"templateID\":\"base\",\"autoResume\":true}", "{\"templateID\":\"base\",\"autoResume\":{\"enabled\":1}}",
        "{\"templateID\":\"base\",\"iam\":7}", "{\"templateID\":\"base\",\"volumeMounts\":{}}"
    })
    void aBodyThatBreaksTheSchemaIsAValidationError(String body) {
        var answer = json(call("POST", "/sandboxes", body, 400));
        assertThat(answer.path("message").asString()).startsWith("validation error");
        assertThat(plane.node.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"iam\":{\"tokens\":{\"a\":{\"audience\":\"x\"}}}", "\"allow_internet_access\":false", "\"network\":{\"denyOut\":[\"0.0.0.0/0\"]}",
        "\"volumeMounts\":[{\"name\":\"a\",\"path\":\"/a\"}]"
    })
    void whatIsNotThereYetIsRefusedAndNothingIsMade(String member) {
        call("POST", "/v2/sandboxes", "{\"templateID\":\"base\"," + member + "}", 501);
        assertThat(plane.node.list()).isEmpty();
    }

    @Test
    void aPrivateSandboxHasATrafficTokenThatStaysTheSame() {
        var network = "\"network\":{\"allowPublicTraffic\":false,\"maskRequestHost\":\"localhost:${PORT}\"}";
        var made = json(call("POST", "/v2/sandboxes", "{\"templateID\":\"base\"," + network + "}", 201));
        var id = made.path("sandboxID").asString();
        assertThat(made.path("trafficAccessToken").asString()).matches("[0-9a-f]{64}")
                .isNotEqualTo(made.path("envdAccessToken").asString());
        assertThat(json(call("POST", "/sandboxes/" + id + "/connect", "{\"timeout\":10}", 200)).path("trafficAccessToken"))
                .isEqualTo(made.path("trafficAccessToken"));
        var detail = json(call("GET", "/sandboxes/" + id, "", 200));
        assertThat(detail.has("trafficAccessToken")).isFalse();
        assertThat(detail.path("network").toString())
                .isEqualTo("{\"allowPublicTraffic\":false,\"maskRequestHost\":\"localhost:${PORT}\"}");
        call("POST", "/sandboxes", "{\"templateID\":\"base\"," + network + "}", 400);
        assertThat(plane.node.list()).hasSize(1);
        assertThat(json(call("POST", "/v2/sandboxes", "{\"templateID\":\"base\"}", 201)).has("trafficAccessToken")).isFalse();
    }

    @Test
    void aKilledSandboxIsGoneAndASecondKillSaysSo() {
        var id = create();
        assertThat(call("DELETE", "/sandboxes/" + id, "", 204).answerText()).isEmpty();
        assertThat(json(call("DELETE", "/sandboxes/" + id, "", 404)).path("message").asString())
                .isEqualTo("Sandbox \"" + id + "\" doesn't exist or you don't have access to it");
    }

    @Test
    void anotherTeamsSandboxIsNotFoundByEveryVerb() {
        var id = create();
        for (var call : new String[] {"GET ", "DELETE ", "POST /timeout", "POST /connect", "POST /refreshes"}) {
            var parts = call.split(" ", -1);
            var exchange = FakeExchange.request(parts[0], "/sandboxes/" + id + parts[1])
                    .header("X-API-Key", plane.otherKey.key().text())
                    .body("{\"timeout\":10}")
                    .handledBy(plane.api);
            assertThat(exchange.status()).as(call).isEqualTo(404);
        }
    }

    @Test
    void connectOnARunningSandboxAnswers200() {
        var id = create();
        var answer = json(call("POST", "/v2/sandboxes/" + id + "/connect", "{}", 200));
        assertThat(answer.path("sandboxID").asString()).isEqualTo(id);
    }

    @Test
    void theListPagesFiltersAndCounts() {
        var first = create("{\"team\":\"a b\",\"x\":\"1\"}");
        plane.clock.advance(Duration.ofSeconds(1));
        var second = create("{\"x\":\"1\"}");
        var page = call("GET", "/v2/sandboxes?limit=1", "", 200);
        assertThat(page.answerHeader("X-Total-Running")).contains("2");
        assertThat(json(page).path(0).path("sandboxID").asString()).isEqualTo(second);
        var next = page.answerHeader("X-Next-Token").orElseThrow();
        var last = call("GET", "/v2/sandboxes?limit=1&nextToken=" + next, "", 200);
        assertThat(json(last).path(0).path("sandboxID").asString()).isEqualTo(first);
        assertThat(last.answerHeader("X-Next-Token")).isEmpty();
        assertThat(json(call("GET", "/v2/sandboxes?state=paused", "", 200)).size()).isZero();
        assertThat(json(call("GET", "/sandboxes?metadata=x%3D1", "", 200)).size()).isEqualTo(2);
    }

    /** contract/rest-api.md §5.5: escaped by the client, by its query writer, and by its HTTP library. */
    @Test
    void theMetadataFilterIsUnescapedThreeTimes() {
        var wanted = create("{\"te am\":\"a&b=c\"}");
        create("{\"te am\":\"other\"}");
        var pair = encode(encode("te am")) + "=" + encode(encode("a&b=c"));
        var found = json(call("GET", "/v2/sandboxes?metadata=" + encode(pair), "", 200));
        assertThat(found.size()).isEqualTo(1);
        assertThat(found.path(0).path("sandboxID").asString()).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({"limit=0", "limit=101", "limit=x", "state=dead", "order=up", "nextToken=zzz", "startedAfter=soon", "metadata=nopair",
        "template=base%3Av1"})
    void badListParametersAre400(String query) {
        call("GET", "/v2/sandboxes?" + query, "", 400);
    }

    @Test
    void aTokenOfTheOtherDirectionIsInvalid() {
        create();
        plane.clock.advance(Duration.ofSeconds(1));
        create();
        var next = call("GET", "/v2/sandboxes?limit=1&order=asc", "", 200).answerHeader("X-Next-Token").orElseThrow();
        assertThat(json(call("GET", "/v2/sandboxes?nextToken=" + next, "", 400)).path("message").asString())
                .isEqualTo("Invalid next token");
    }

    @ParameterizedTest
    @MethodSource("routesNotThereYet")
    void everyRouteOfLaterWorkAnswers501AndSaysSo(String route) {
        var parts = route.split(" ");
        var answer = call(parts[0], parts[1].replaceAll("\\{[a-z]+}", "x"), "{}", 501);
        assertThat(json(answer).path("message").asString()).contains("docs/compatibility.md");
    }

    @ParameterizedTest
    @MethodSource("routesForTheOperatorNotThereYet")
    void theOperatorsRoutesOfLaterWorkToo(String route) {
        var parts = route.split(" ");
        var answer = plane.admin(parts[0], parts[1].replaceAll("\\{[a-z]+}", "x"), "{}", 501);
        assertThat(json(answer).path("message").asString()).contains("docs/compatibility.md");
    }

    static java.util.List<String> routesForTheOperatorNotThereYet() {
        return RestApi.NOT_YET_FOR_THE_OPERATOR;
    }

    @ParameterizedTest
    @MethodSource("routesThatNeverCome")
    void whatIsGivenUpAsksForAnUpdate(String route) {
        var parts = route.split(" ");
        var answer = call(parts[0], parts[1].replaceAll("\\{[a-z]+}", "x"), "{}", 410);
        assertThat(json(answer).path("message").asString()).contains("deprecated").contains("update");
    }

    static java.util.List<String> routesThatNeverCome() {
        var routes = new java.util.ArrayList<>(RestApi.GONE);
        routes.addAll(java.util.List.of("GET /instances", "POST /instances/x/refreshes", "GET /envs", "DELETE /envs/x"));
        return routes;
    }

    static java.util.List<String> routesNotThereYet() {
        return RestApi.NOT_YET;
    }

    @Test
    void statusTellsAboutServerSandboxesAndEnds() {
        var id = create();
        create();
        call("DELETE", "/sandboxes/" + id, "", 204);
        var status = json(call("GET", "/caisson/status", "", 200));
        assertThat(status.path("sandboxes").size()).isEqualTo(1);
        assertThat(status.path("ended").path(0).path("cause").asString()).isEqualTo("request");
        assertThat(status.path("pid").asInt()).isEqualTo(1);
        assertThat(status.path("standbys").path("ready").isInt()).isTrue();
        assertThat(status.path("standbys").path("most").asInt()).isZero();
    }

    private String create() {
        return plane.create("{}");
    }

    private String create(String metadata) {
        return plane.create(metadata);
    }

    private FakeExchange call(String method, String target, String body, int expected) {
        return plane.call(method, target, body, expected);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
