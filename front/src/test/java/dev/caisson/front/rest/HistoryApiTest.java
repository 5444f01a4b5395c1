package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.control.Team;
import dev.caisson.http.Json;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.LogLevel;
import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageSample;
import dev.caisson.node.testing.FakeNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Metrics and logs (contract/rest-api.md §3.1, §3.4, §10.1, §10.2; traps 66, 68). */
class HistoryApiTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SECOND = START.getEpochSecond();

    private final SandboxId id = SandboxId.random();
    private ControlPlane plane;
    private FakeNode node;
    private ManualClock clock;
    private Team team;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
        node = plane.node;
        clock = plane.clock;
        team = plane.team;
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void metricsOfASandboxHaveEveryFigureAlsoWhenItHasEnded() {
        node.usageHistory().add(team.id(), id, sample(0, 12.5));
        node.usageHistory().add(team.id(), id, sample(5, 50));

        var metrics = json(get("/sandboxes/" + id + "/metrics", 200));

        assertThat(metrics.size()).isEqualTo(2);
        var first = metrics.path(0);
        assertThat(first.path("timestamp").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(first.path("timestampUnix").asLong()).isEqualTo(SECOND);
        assertThat(first.path("cpuCount").asInt()).isEqualTo(2);
        assertThat(first.path("cpuUsedPct").asDouble()).isEqualTo(12.5);
        assertThat(first.path("memUsed").asLong()).isEqualTo(1 << 20);
        assertThat(first.path("memTotal").asLong()).isEqualTo(1L << 30);
        assertThat(first.path("memCache").asLong()).isEqualTo(1 << 19);
        assertThat(first.path("diskUsed").asLong()).isEqualTo(1 << 18);
        assertThat(first.path("diskTotal").asLong()).isEqualTo(10L << 30);
        assertThat(metrics.path(1).path("cpuUsedPct").asDouble()).isEqualTo(50);
    }

    @Test
    void metricsAreThoseOfTheRangeBothEndsIncluded() {
        for (int second = 0; second <= 20; second += 5) {
            node.usageHistory().add(team.id(), id, sample(second, second));
        }
        var metrics = json(get("/sandboxes/" + id + "/metrics?start=" + (SECOND + 5) + "&end=" + (SECOND + 15), 200));
        assertThat(metrics.valueStream().map(metric -> metric.path("cpuUsedPct").asDouble())).containsExactly(5.0, 10.0, 15.0);
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT5S", "3599, PT5S", "3600, PT30S", "21599, PT30S", "21600, PT1M", "43200, PT2M", "86400, PT5M", "604799, PT5M",
        "604800, PT15M"
    })
    void theLongerTheRangeTheFewerTheSamples(long seconds, Duration step) {
        node.usageHistory().add(team.id(), id, sample(0, 1));
        get("/sandboxes/" + id + "/metrics?start=" + SECOND + "&end=" + (SECOND + seconds), 200);
        assertThat(node.usageHistory().lastStep()).isEqualTo(step);
        get("/teams/" + team.id() + "/metrics?start=" + SECOND + "&end=" + (SECOND + seconds), 200);
        assertThat(node.usageHistory().lastStep()).isEqualTo(step);
    }

    @Test
    void anUnknownSandboxAndAnotherTeamsHaveNoMetricsAndNoLogs() {
        node.usageHistory().add(team.id(), id, sample(0, 1));
        node.logs().append(team.id(), id, LogLevel.INFO, "process", "secret", Map.of());
        var unknown = SandboxId.random();
        for (var path : new String[] {"/sandboxes/" + unknown, "/sandboxes/short", "/sandboxes/" + id}) {
            assertThat(getAsOther(path + "/metrics", 200).answerText()).isEqualTo("[]");
            assertThat(getAsOther(path + "/logs", 200).answerText()).isEqualTo("{\"logs\":[],\"logEntries\":[]}");
            assertThat(getAsOther("/v2" + path + "/logs", 200).answerText()).isEqualTo("{\"logs\":[]}");
        }
        assertThat(getAsOther("/sandboxes/metrics?sandbox_ids=" + id, 200).answerText()).isEqualTo("{\"sandboxes\":{}}");
    }

    @Test
    void theLastMetricsOfManySandboxesLeaveOutThoseWithoutAny() {
        var second = SandboxId.random();
        node.usageHistory().add(team.id(), id, sample(0, 1));
        node.usageHistory().add(team.id(), id, sample(5, 2));
        node.usageHistory().add(team.id(), second, sample(5, 3));

        var metrics = json(get("/sandboxes/metrics?sandbox_ids=" + id + "%2C" + second + "-6532622b," + SandboxId.random(), 200));

        assertThat(metrics.path("sandboxes").size()).isEqualTo(2);
        assertThat(metrics.path("sandboxes").path(id.value()).path("cpuUsedPct").asDouble()).isEqualTo(2);
        assertThat(metrics.path("sandboxes").path(second.value()).path("cpuUsedPct").asDouble()).isEqualTo(3);
    }

    @Test
    void metricsOfATeamAndTheirHighest() {
        node.usageHistory().add(team.id(), new TeamSample(START, 3, 0.5));
        node.usageHistory().add(team.id(), new TeamSample(START.plusSeconds(5), 7, 0.25));
        var range = "start=" + SECOND + "&end=" + (SECOND + 60);

        var metrics = json(get("/teams/" + team.id() + "/metrics?" + range, 200));
        var most = json(get("/teams/" + team.id() + "/metrics/max?metric=concurrent_sandboxes&" + range, 200));
        var rate = json(get("/teams/" + team.id() + "/metrics/max?metric=sandbox_start_rate&" + range, 200));

        assertThat(metrics.path(0).path("concurrentSandboxes").asInt()).isEqualTo(3);
        assertThat(metrics.path(0).path("sandboxStartRate").asDouble()).isEqualTo(0.5);
        assertThat(metrics.path(1).path("timestampUnix").asLong()).isEqualTo(SECOND + 5);
        assertThat(most.path("value").asDouble()).isEqualTo(7);
        assertThat(most.path("timestampUnix").asLong()).isEqualTo(SECOND + 5);
        assertThat(rate.path("value").asDouble()).isEqualTo(0.5);
    }

    @Test
    void whereNothingRanTheHighestIsZero() {
        var most = json(get("/teams/" + team.id() + "/metrics/max?metric=concurrent_sandboxes&start=1&end=" + SECOND, 200));
        assertThat(most.path("value").isNumber()).isTrue();
        assertThat(most.path("value").asDouble()).isZero();
        assertThat(most.path("timestampUnix").asLong()).isEqualTo(SECOND);
    }

    @Test
    void anotherTeamsMetricsAreForbidden() {
        assertThat(getAsOther("/teams/" + team.id() + "/metrics", 403).answerText()).contains("\"code\":403");
        getAsOther("/teams/" + team.id() + "/metrics/max?metric=concurrent_sandboxes", 403);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/sandboxes/ID/metrics?start=x", "/sandboxes/ID/metrics?start=-1", "/sandboxes/ID/metrics?end=1.5",
        "/sandboxes/ID/metrics?end=99999999999999", "/sandboxes/metrics", "/sandboxes/metrics?sandbox_ids=ID,ID",
        "/teams/TEAM/metrics?start=-5", "/teams/TEAM/metrics/max", "/teams/TEAM/metrics/max?metric=cpu",
        "/sandboxes/ID/logs?limit=-1", "/sandboxes/ID/logs?start=x", "/v2/sandboxes/ID/logs?limit=1001",
        "/v2/sandboxes/ID/logs?direction=up", "/v2/sandboxes/ID/logs?level=loud", "/v2/sandboxes/ID/logs?cursor=-1"
    })
    void badParametersAreValidationErrors(String target) {
        var answer = json(get(target.replace("ID", id.value()).replace("TEAM", team.id()), 400));
        assertThat(answer.path("message").asString()).startsWith("validation error: ");
    }

    @Test
    void aRangeThatEndsBeforeItStartsIsInvalid() {
        for (var path : new String[] {"/sandboxes/" + id + "/metrics", "/teams/" + team.id() + "/metrics"}) {
            assertThat(json(get(path + "?start=10&end=9", 400)).path("message").asString())
                    .startsWith("Invalid time range for metrics");
        }
    }

    @Test
    void aStartInTheFutureAloneFindsNothing() {
        node.usageHistory().add(team.id(), id, sample(0, 1));
        for (var path : new String[] {"/sandboxes/" + id + "/metrics", "/teams/" + team.id() + "/metrics"}) {
            assertThat(get(path + "?start=253402300799", 200).answerText()).isEqualTo("[]");
        }
    }

    @Test
    void anIdThatNoSandboxCanHaveAnywhereIsInvalid() {
        for (var path : new String[] {
            "/sandboxes/A_B/metrics", "/sandboxes/A_B/logs", "/v2/sandboxes/A_B/logs", "/sandboxes/metrics?sandbox_ids=A_B"
        }) {
            assertThat(json(get(path, 400)).path("message").asString()).isEqualTo("Invalid sandbox ID");
        }
    }

    @Test
    void moreThanAHundredIdsAreTooMany() {
        var ids = new StringBuilder(id.value());
        for (int i = 0; i < 100; i++) {
            ids.append(',').append(SandboxId.random());
        }
        get("/sandboxes/metrics?sandbox_ids=" + ids, 400);
        get("/sandboxes/metrics?sandbox_ids=" + ids.substring(id.value().length() + 1), 200);
    }

    @Test
    void aLineOfTheOldLogIsJsonWithLevelLoggerAndMessage() {
        node.logs().append(team.id(), id, LogLevel.WARN, "process", "Process \"x\" ended", Map.of("pid", "7"));

        var log = json(get("/sandboxes/" + id + "/logs", 200));

        assertThat(log.path("logs").path(0).path("timestamp").asString()).isEqualTo("2026-01-01T00:00:00Z");
        var line = Json.parse(log.path("logs").path(0).path("line").asString().getBytes(StandardCharsets.UTF_8), JsonNode.class);
        assertThat(line.path("level").asString()).isEqualTo("warn");
        assertThat(line.path("logger").asString()).isEqualTo("process");
        assertThat(line.path("message").asString()).isEqualTo("Process \"x\" ended");
        assertThat(line.path("pid").asString()).isEqualTo("7");
        var entry = log.path("logEntries").path(0);
        assertThat(entry.path("level").asString()).isEqualTo("warn");
        assertThat(entry.path("fields").path("logger").asString()).isEqualTo("process");
        assertThat(entry.path("fields").path("pid").asString()).isEqualTo("7");
        assertThat(entry.path("fields").has("level")).isFalse();
        assertThat(entry.path("fields").has("message")).isFalse();
    }

    @Test
    void theOldLogIsAscendingFromAMillisecondOn() {
        writeLines("a", "b", "c");
        assertThat(oldMessages("")).containsExactly("a", "b", "c");
        assertThat(oldMessages("?start=" + START.plusSeconds(1).toEpochMilli())).containsExactly("b", "c");
        assertThat(oldMessages("?limit=2")).containsExactly("a", "b");
        assertThat(oldMessages("?limit=0")).isEmpty();
        assertThat(oldMessages("?limit=5000")).containsExactly("a", "b", "c");
    }

    @Test
    void aThousandLinesAreGivenAtATime() {
        for (int i = 0; i < 1001; i++) {
            node.logs().append(team.id(), id, LogLevel.INFO, "process", "line", Map.of());
        }
        assertThat(oldMessages("")).hasSize(1000);
        assertThat(oldMessages("?limit=2000000")).hasSize(1000);
        assertThat(messages("")).hasSize(1000);
    }

    @Test
    void theNewLogPagesInBothDirectionsWithoutEndlessRepetition() {
        writeLines("a", "b", "c");
        assertThat(messages("")).containsExactly("c", "b", "a");
        assertThat(messages("?limit=2")).containsExactly("c", "b");
        assertThat(messages("?limit=2&cursor=" + START.plusSeconds(1).toEpochMilli())).containsExactly("a");
        assertThat(messages("?cursor=" + START.toEpochMilli())).isEmpty();
        assertThat(messages("?direction=forward&limit=2")).containsExactly("a", "b");
        assertThat(messages("?direction=forward&cursor=" + (START.plusSeconds(1).toEpochMilli() + 1))).containsExactly("c");
    }

    @Test
    void theNewLogIsFilteredByLeastLevelAndByText() {
        node.logs().append(team.id(), id, LogLevel.DEBUG, "l", "Debugged", Map.of());
        node.logs().append(team.id(), id, LogLevel.ERROR, "l", "failed", Map.of());
        node.logs().append(team.id(), id, LogLevel.WARN, "l", "Failed", Map.of());
        assertThat(messages("?level=warn")).containsExactlyInAnyOrder("failed", "Failed");
        assertThat(messages("?level=error")).containsExactly("failed");
        assertThat(messages("?search=Fail")).containsExactly("Failed");
        assertThat(messages("?search=" + "x".repeat(256))).isEmpty();
        get("/v2/sandboxes/" + id + "/logs?search=" + "x".repeat(257), 400);
    }

    private void writeLines(String... messages) {
        for (var message : messages) {
            node.logs().append(team.id(), id, LogLevel.INFO, "process", message, Map.of());
            clock.advance(Duration.ofSeconds(1));
        }
    }

    private List<String> oldMessages(String query) {
        return messages(json(get("/sandboxes/" + id + "/logs" + query, 200)).path("logEntries"));
    }

    private List<String> messages(String query) {
        return messages(json(get("/v2/sandboxes/" + id + "/logs" + query, 200)).path("logs"));
    }

    private static List<String> messages(JsonNode entries) {
        return entries.valueStream().map(entry -> entry.path("message").asString()).toList();
    }

    private static UsageSample sample(long second, double percent) {
        return new UsageSample(START.plusSeconds(second), 2, percent, 1 << 20, 1L << 30, 1 << 19, 1 << 18, 10L << 30);
    }

    private FakeExchange get(String target, int expected) {
        return plane.call("GET", target, "", expected);
    }

    private FakeExchange getAsOther(String target, int expected) {
        var request = FakeExchange.request("GET", target).header("X-API-Key", plane.otherKey.key().text());
        return plane.answered(request, expected);
    }
}
