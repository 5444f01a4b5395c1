package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.Lifecycle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Traps of {@code contract/rest-api.md} §13 that no other test is about; docs/compatibility.md lists where each is tested. */
class TrapsTest {
    private static final String BASE = "{\"templateID\":\"base\"}";

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
    void trap2AndTrap3NothingIsNullAndEmptyListsAreLists() {
        var made = json(plane.call("POST", "/sandboxes", BASE, 201));
        var detail = json(plane.call("GET", "/sandboxes/" + made.path("sandboxID").asString(), "", 200));
        var row = json(plane.call("GET", "/v2/sandboxes", "", 200)).path(0);
        for (var answer : List.of(made, detail, row)) {
            answer.properties().forEach(member -> assertThat(member.getValue().isNull()).as(member.getKey()).isFalse());
        }
        assertThat(detail.path("volumeMounts").isArray()).isTrue();
        assertThat(row.path("volumeMounts").isArray()).isTrue();
        assertThat(row.path("metadata").isObject()).isTrue();
    }

    @Test
    void trap4AndTrap6AndTrap40WhatOldClientsDemandIsThere() {
        var made = json(plane.call("POST", "/v2/sandboxes", BASE, 201));
        var detail = json(plane.call("GET", "/sandboxes/" + made.path("sandboxID").asString(), "", 200));
        var row = json(plane.call("GET", "/sandboxes", "", 200)).path(0);
        for (var answer : List.of(made, detail, row)) {
            assertThat(answer.path("clientID").asString()).matches("[0-9a-f]+");
            assertThat(answer.path("envdVersion").asString()).matches("0\\.([6-9]|[1-9][0-9]+)\\.[0-9]+");
            assertThat(answer.path("alias").asString()).isEqualTo("base");
        }
        for (var answer : List.of(detail, row)) {
            assertThat(answer.path("diskSizeMB").asInt()).isPositive();
            assertThat(answer.path("cpuCount").asInt()).isPositive();
            assertThat(answer.path("memoryMB").asInt()).isPositive();
        }
    }

    @Test
    void trap5TheDomainIsLeftOutUnlessItDiffers() {
        assertThat(json(plane.call("POST", "/v2/sandboxes", BASE, 201)).has("domain")).isFalse();
    }

    @Test
    void trap7InternetIsSpelledDifferentlyInAndOut() {
        var made = json(plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"allow_internet_access\":true}", 201));
        var detail = json(plane.call("GET", "/sandboxes/" + made.path("sandboxID").asString(), "", 200));
        assertThat(detail.path("allowInternetAccess").asBoolean()).isTrue();
        assertThat(detail.has("allow_internet_access")).isFalse();
    }

    @Test
    void trap8EveryStatusIsExact() {
        var id = json(plane.call("POST", "/sandboxes", BASE, 201)).path("sandboxID").asString();
        plane.call("POST", "/sandboxes/" + id + "/connect", "{\"timeout\":1}", 200);
        for (var call : new String[] {"/timeout {\"timeout\":60}", "/refreshes {\"duration\":60}"}) {
            var parts = call.split(" ", 2);
            assertThat(plane.call("POST", "/sandboxes/" + id + parts[0], parts[1], 204).answerText()).isEmpty();
        }
        assertThat(plane.call("POST", "/sandboxes/" + id + "/pause", "", 204).answerText()).isEmpty();
        plane.call("POST", "/sandboxes/" + id + "/connect", "{\"timeout\":60}", 201);
        plane.call("POST", "/sandboxes/" + id + "/pause", "", 204);
        plane.call("POST", "/sandboxes/" + id + "/resume", "", 201);
        plane.call("POST", "/sandboxes/" + id + "/snapshots", "{}", 201);
        plane.call("POST", "/sandboxes/" + id + "/fork", "", 201);
        assertThat(plane.call("DELETE", "/sandboxes/" + id, "", 204).answerText()).isEmpty();
    }

    @Test
    void trap11BodiesAreNeededWhereTheContractNeedsThemOnly() {
        var id = plane.create("{}");
        plane.call("POST", "/sandboxes/" + id + "/refreshes", "", 204);
        plane.answered(FakeExchange.request("POST", "/sandboxes/" + id + "/refreshes").header("X-API-Key", plane.key.key().text()), 204);
        plane.call("POST", "/sandboxes/" + id + "/timeout", "", 400);
        plane.call("POST", "/sandboxes/" + id + "/timeout", "{}", 400);
        plane.call("POST", "/sandboxes/" + id + "/connect", "", 400);
        plane.call("POST", "/v2/sandboxes/" + id + "/connect", "", 200);
        plane.call("POST", "/sandboxes/" + id + "/snapshots", "", 400);
        plane.answered(FakeExchange.request("POST", "/sandboxes/" + id + "/pause").header("X-API-Key", plane.key.key().text()), 204);
        plane.answered(FakeExchange.request("POST", "/sandboxes/" + id + "/resume").header("X-API-Key", plane.key.key().text()), 201);
        plane.answered(FakeExchange.request("POST", "/sandboxes/" + id + "/fork").header("X-API-Key", plane.key.key().text()), 201);
    }

    @Test
    void trap12UnknownMembersAreIgnoredAndListsMayBeJoined() {
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"forceUpload\":true,\"x\":{\"y\":[null]},\"network\":null}", 201);
        for (var states : new String[] {"running,paused", "running%2Cpaused", "running&state=paused"}) {
            assertThat(json(plane.call("GET", "/v2/sandboxes?state=" + states, "", 200)).size()).isEqualTo(1);
        }
    }

    @Test
    void trap14AFullLastPageHasNoToken() {
        plane.create("{}");
        plane.clock.advance(Duration.ofSeconds(1));
        plane.create("{}");
        var page = plane.call("GET", "/v2/sandboxes?limit=2", "", 200);
        assertThat(json(page).size()).isEqualTo(2);
        assertThat(page.answerHeader("X-Next-Token")).isEmpty();
        assertThat(plane.call("GET", "/v2/sandboxes?state=paused", "", 200).answerHeader("X-Total-Running")).isEmpty();
        assertThat(plane.call("GET", "/v2/sandboxes?template=nope", "", 200).answerHeader("X-Total-Running")).contains("0");
    }

    @Test
    void trap19ConnectNeverMakesTheEndEarlier() {
        var id = plane.create("{}");
        var before = detail(id).path("endAt").asString();
        plane.clock.advance(Duration.ofMillis(1500));
        plane.call("POST", "/sandboxes/" + id + "/connect", "{\"timeout\":10}", 200);
        plane.call("POST", "/v2/sandboxes/" + id + "/connect", "{\"timeout\":0}", 200);
        plane.call("POST", "/v2/sandboxes/" + id + "/connect", "{\"timeout\":10,\"memory\":false}", 200);
        assertThat(detail(id).path("endAt").asString()).isEqualTo(before);
        plane.call("POST", "/sandboxes/" + id + "/connect", "{\"timeout\":600}", 200);
        assertThat(detail(id).path("endAt").asString()).isEqualTo("2026-01-01T00:10:01.500Z");
    }

    @Test
    void trap20TimeoutSetsAndRefreshExtends() {
        var id = plane.create("{}");
        plane.call("POST", "/sandboxes/" + id + "/timeout", "{\"timeout\":5}", 204);
        assertThat(detail(id).path("endAt").asString()).isEqualTo("2026-01-01T00:00:05Z");
        plane.call("POST", "/sandboxes/" + id + "/refreshes", "{\"duration\":1}", 204);
        assertThat(detail(id).path("endAt").asString()).isEqualTo("2026-01-01T00:00:15Z");
        plane.call("POST", "/sandboxes/" + id + "/refreshes", "{\"duration\":3601}", 400);
    }

    @Test
    void trap21TheLongestRunIsCheckedAndOnlySetTimeoutIsCapped() {
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"timeout\":3601}", 400);
        assertThat(message(plane.call("POST", "/sandboxes/nonexistingsandbox/connect", "{\"timeout\":3601}", 400)))
                .isEqualTo("Timeout cannot be greater than 1 hours");
        var id = plane.create("{}");
        plane.call("POST", "/sandboxes/" + id + "/timeout", "{\"timeout\":99999}", 204);
        assertThat(detail(id).path("endAt").asString()).isEqualTo("2026-01-01T01:00:00Z");
    }

    @Test
    void trap27AndTrap28TokensStayAndComeOnlyWithSecure() {
        var made = json(plane.call("POST", "/sandboxes", "{\"templateID\":\"base\",\"secure\":true}", 201));
        var id = made.path("sandboxID").asString();
        var token = made.path("envdAccessToken").asString();
        assertThat(token).isNotEmpty();
        assertThat(detail(id).path("envdAccessToken").asString()).isEqualTo(token);
        assertThat(json(plane.call("POST", "/sandboxes/" + id + "/connect", "{\"timeout\":1}", 200)).path("envdAccessToken").asString())
                .isEqualTo(token);
        assertThat(json(plane.call("POST", "/sandboxes", "{\"templateID\":\"base\",\"secure\":false}", 201)).has("envdAccessToken")).isFalse();
    }

    @Test
    void trap29WithoutAutoPauseTheEndIsAKill() {
        var made = plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"autoPause\":false,\"autoResume\":{\"enabled\":false},\"iam\":{\"tokens\":{}},\"volumeMounts\":[]}", 201);
        assertThat(detail(json(made).path("sandboxID").asString()).path("lifecycle").toString())
                .isEqualTo("{\"autoResume\":false,\"onTimeout\":\"kill\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}|false|kill", "{\"autoResume\":{\"enabled\":true}}|true|kill", "{\"autoPause\":true}|false|pause",
        "{\"autoPause\":true,\"autoPauseMemory\":false}|false|pause", "{\"autoPause\":true,\"autoResume\":{\"enabled\":true}}|true|pause",
        "{\"autoPause\":true,\"autoPauseMemory\":true,\"autoResume\":{\"enabled\":false}}|false|pause"
    })
    void trap29TheEndAndTheWayBackAreChosenByThemselves(String fields, boolean wakes, String onTimeout) {
        for (var version : new String[] {"", "/v2"}) {
            var made = json(plane.call("POST", version + "/sandboxes", "{\"templateID\":\"base\"," + fields.substring(1).replaceFirst("^}$", "\"x\":1}"), 201));
            var id = made.path("sandboxID").asString();
            assertThat(detail(id).path("lifecycle").toString()).isEqualTo("{\"autoResume\":" + wakes + ",\"onTimeout\":\"" + onTimeout + "\"}");
            var lifecycle = plane.node.lastCreate().orElseThrow().lifecycle();
            assertThat(lifecycle.onTimeout() == Lifecycle.OnTimeout.PAUSE_FILES).isEqualTo(fields.contains("Memory\":false"));
            assertThat(lifecycle.firstTimeout()).isEqualTo(Duration.ofSeconds(version.isEmpty() ? 15 : 300));
            plane.call("POST", "/sandboxes/" + id + "/timeout", "{\"timeout\":60}", 204);
            plane.call("POST", "/sandboxes/" + id + "/pause", "", 204);
            assertThat(detail(id).path("lifecycle").path("onTimeout").asString()).isEqualTo(onTimeout);
        }
    }

    @Test
    void trap30AutoPauseMemoryNeedsAutoPause() {
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"autoPauseMemory\":false}", 400);
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"autoPause\":false,\"autoPauseMemory\":false}", 400);
        plane.call("POST", "/v2/sandboxes",
                "{\"templateID\":\"base\",\"autoPause\":true,\"autoPauseMemory\":false,\"autoResume\":{\"enabled\":true}}", 400);
        assertThat(plane.node.list()).isEmpty();
        plane.call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"autoPauseMemory\":true}", 201);
    }

    @Test
    void trap38TheNewestComesFirstAndTheReverseIsExact() {
        var first = plane.create("{}");
        plane.clock.advance(Duration.ofSeconds(1));
        var second = plane.create("{}");
        assertThat(ids("")).containsExactly(second, first);
        assertThat(ids("?order=asc")).containsExactly(first, second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-6532622b", "-x"})
    void trap39IdsMayCarryAClient(String client) {
        var id = plane.create("{}");
        assertThat(id).matches("[a-z0-9]+");
        assertThat(json(plane.call("GET", "/sandboxes/" + id + client, "", 200)).path("sandboxID").asString()).isEqualTo(id);
        plane.call("DELETE", "/sandboxes/" + id + client, "", 204);
    }

    /** §15.2: browsers may send the key and read what it says about repeats. */
    @Test
    void crossOriginRequestsMayBeRepeatedToo() {
        var cors = dev.caisson.http.Cors.controlPlane().around(plane.api);
        var preflight = FakeExchange.request("OPTIONS", "/v2/sandboxes").header("Origin", "https://app.example")
                .header("Access-Control-Request-Method", "POST").header("Access-Control-Request-Headers", "idempotency-key,x-api-key");
        preflight.handledBy(cors);
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.answerHeader("Access-Control-Allow-Headers").orElseThrow()).contains("idempotency-key");
        var refused = FakeExchange.request("POST", "/v2/sandboxes").header("Origin", "https://app.example").body("{}");
        refused.handledBy(cors);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.answerHeader("Access-Control-Allow-Origin")).contains("*");
        assertThat(refused.answerHeader("Access-Control-Expose-Headers").orElseThrow()).contains("Should-Retry").contains("Retry-After");
    }

    private JsonNode detail(String id) {
        return json(plane.call("GET", "/sandboxes/" + id, "", 200));
    }

    private List<String> ids(String query) {
        return json(plane.call("GET", "/v2/sandboxes" + query, "", 200)).valueStream().map(row -> row.path("sandboxID").asString()).toList();
    }
}
