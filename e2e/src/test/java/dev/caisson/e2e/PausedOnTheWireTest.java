package dev.caisson.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Pause and resume when many ask at once, what was open before, and who may wake a sandbox. */
@Tag("root")
class PausedOnTheWireTest {
    private static final int AT_ONCE = 8;

    /** Begins an answer and never ends it. */
    private static final String SLOW = """
            import socket, time
            connection, peer = socket.create_server(("", 8003)).accept()
            connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nb")
            time.sleep(4718)
            """;

    private static Caisson caisson;
    private static ApiClient api;
    private static Rest rest;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
        api = caisson.api();
        rest = new Rest(caisson);
    }

    @AfterAll
    static void down() {
        rest.close();
        api.close();
        caisson.close();
    }

    @Test
    void manyPausesAreOneAndManyResumesAreOne() throws Exception {
        var keeper = Keeper.startIn(api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of()), api, rest.http());
        var path = "/sandboxes/" + keeper.sandbox();
        assertThat(atOnce(() -> rest.post(path + "/pause", "").status())).containsOnly(204);
        assertThat(rest.post(path + "/pause", "{}").status()).isEqualTo(409);
        assertThat(rest.port(keeper.sandbox(), 8000, "/").expect(502).body()).contains("The sandbox was not found");
        assertThat(rest.send("GET", path, "").json().path("state").asString()).isEqualTo("paused");
        assertThat(atOnce(() -> rest.post(path + "/connect", "{\"timeout\":60}").status())).containsAnyOf(201).isSubsetOf(200, 201);
        assertThat(rest.send("GET", path, "").json().path("state").asString()).isEqualTo("running");
        keeper.expectNext();
        assertThat(rest.post(path + "/resume", "{}").status()).isEqualTo(409);
        rest.send("DELETE", path, "").expect(204);
    }

    @Test
    void onePauseAndItsResumeMayMeetInAnyOrder() throws Exception {
        var keeper = Keeper.startIn(api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of()), api, rest.http());
        var path = "/sandboxes/" + keeper.sandbox();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var round = 0; round < 3; round++) {
                var pause = tasks.submit(() -> rest.post(path + "/pause", "").status());
                var connect = tasks.submit(() -> rest.post(path + "/connect", "{\"timeout\":60}").status());
                assertThat(pause.get(60, TimeUnit.SECONDS)).isEqualTo(204);
                assertThat(connect.get(60, TimeUnit.SECONDS)).isIn(200, 201);
                rest.post(path + "/connect", "{}");
                keeper.expectNext();
            }
        }
        rest.send("DELETE", path, "").expect(204);
    }

    @Test
    void whatIsOpenEndsWithThePause() throws Exception {
        var sandbox = api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of());
        sandbox.upload("/home/user/slow.py", SLOW.getBytes(UTF_8));
        Commands.sh(sandbox, "setsid python3 slow.py </dev/null >/dev/null 2>&1 &");
        var begun = new CountDownLatch(1);
        var command = CompletableFuture.supplyAsync(() -> Commands.sh(sandbox, "while true; do echo tick; sleep 0.1; done", begun));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        try (var waiting = new PortConnection(caisson.access().url(), sandbox.id(), 8003)) {
            assertThat(PortConnection.status(waiting.send("GET /").head())).isEqualTo(200);
            assertThat(waiting.read()).isEqualTo('b');
            rest.post("/sandboxes/" + sandbox.id() + "/pause", "").expect(204);
            assertThatThrownBy(() -> {
                if (waiting.read() < 0) {
                    throw new IOException("the end");
                }
            }).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(command::join).isInstanceOf(CompletionException.class).hasCauseInstanceOf(ClientException.class);
        api.delete("/sandboxes/" + sandbox.id());
    }

    @Test
    void trafficWakesItOnceHoweverManyAsk() throws Exception {
        var made = waking(true);
        var id = made.path("sandboxID").asString();
        var keeper = Keeper.startIn(api.connect(id), api, rest.http());
        var started = startedAt(id);
        rest.post("/sandboxes/" + id + "/pause", "").expect(204);
        assertThat(atOnce(() -> rest.port(id, 8000, "/").status())).containsOnly(200);
        assertThat(startedAt(id)).isNotEqualTo(started);
        keeper.expectNext();
        rest.post("/sandboxes/" + id + "/pause", "").expect(204);
        assertThat(rest.call(id, "", "process.Process/List", "{}").status()).isIn(401, 403);
        assertThat(rest.call(id, "0".repeat(64), "process.Process/List", "{}").status()).isIn(401, 403);
        assertThat(state(id)).isEqualTo("paused");
        rest.call(id, made.path("envdAccessToken").asString(), "process.Process/List", "{}").expect(200);
        assertThat(state(id)).isEqualTo("running");
        api.delete("/sandboxes/" + id);
    }

    @Test
    void aPrivatePortWakesItsSandboxForItsTokenOnly() {
        var made = waking(false);
        var id = made.path("sandboxID").asString();
        Commands.sh(api.connect(id), "setsid python3 -m http.server 8000 </dev/null >/dev/null 2>&1 &");
        var token = made.path("trafficAccessToken").asString();
        await().atMost(Duration.ofSeconds(30)).until(() -> rest.port(id, 8000, "/", "E2b-Traffic-Access-Token", token).status() == 200);
        rest.post("/sandboxes/" + id + "/pause", "").expect(204);
        rest.port(id, 8000, "/").expect(403);
        rest.port(id, 8000, "/", "E2b-Traffic-Access-Token", "0".repeat(64)).expect(403);
        assertThat(state(id)).isEqualTo("paused");
        rest.port(id, 8000, "/", "E2b-Traffic-Access-Token", token).expect(200);
        assertThat(state(id)).isEqualTo("running");
        api.delete("/sandboxes/" + id);
    }

    /** A program that stops the agent inside, which root can, is no reason to lose the sandbox. */
    @Test
    void oneWithADeadAgentIsPausedIfThatIsAllRightAndComesBackByABoot() {
        var made = rest.post("/v2/sandboxes", "{\"templateID\":\"base\",\"timeout\":600}").expect(201).json();
        var id = made.path("sandboxID").asString();
        Commands.sh(api.connect(id), "echo kept > note; sync; setsid python3 -m http.server 8000 </dev/null >/dev/null 2>&1 &");
        await().atMost(Duration.ofSeconds(30)).until(() -> rest.port(id, 8000, "/").status() == 200);
        rest.start(id, made.path("envdAccessToken").asString(), """
                {"process":{"cmd":"sh","args":["-c","sudo kill -STOP 1; touch /home/user/stopped"]}}
                """);
        await().atMost(Duration.ofSeconds(30)).until(() -> rest.port(id, 8000, "/stopped").status() == 200);
        assertThat(rest.post("/sandboxes/" + id + "/pause", "{\"requireHealthyGuest\":true}").expect(503).json().path("code").asInt()).isEqualTo(503);
        assertThat(state(id)).isEqualTo("running");
        rest.post("/sandboxes/" + id + "/pause", "{\"memory\":false}").expect(503);
        rest.post("/sandboxes/" + id + "/pause", "{}").expect(204);
        var detail = rest.send("GET", "/sandboxes/" + id, "").expect(200).json();
        assertThat(detail.path("envdUnresponsiveAtPause").asBoolean(false)).isTrue();
        var refused = rest.post("/v2/sandboxes/" + id + "/connect", "{}").expect(409).json();
        assertThat(refused.path("error_code").asString()).isEqualTo("sandbox_snapshot_guest_agent_unresponsive");
        rest.post("/v2/sandboxes/" + id + "/connect", "{\"memory\":false}").expect(201);
        assertThat(Commands.sh(api.connect(id), "cat note").output()).isEqualTo("kept\n");
        api.delete("/sandboxes/" + id);
    }

    @Test
    void whatIsSavedIsShown() {
        var id = api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of()).id();
        assertThat(rest.send("GET", "/sandboxes/" + id, "").json().has("pauseMode")).isFalse();
        for (var memory : new boolean[] {true, false}) {
            rest.post("/sandboxes/" + id + "/pause", "{\"memory\":" + memory + "}").expect(204);
            assertThat(rest.send("GET", "/sandboxes/" + id, "").json().path("pauseMode").asString()).isEqualTo(memory ? "full" : "filesystem");
            rest.post("/sandboxes/" + id + "/resume", "").expect(201);
        }
        api.delete("/sandboxes/" + id);
    }

    private static JsonNode waking(boolean everybody) {
        return rest.post("/v2/sandboxes", """
                {"templateID":"base","timeout":600,"autoPause":true,"autoResume":{"enabled":true},"network":{"allowPublicTraffic":%b}}
                """.formatted(everybody)).expect(201).json();
    }

    private static String state(String id) {
        return rest.send("GET", "/sandboxes/" + id, "").expect(200).json().path("state").asString();
    }

    private static String startedAt(String id) {
        return rest.send("GET", "/sandboxes/" + id, "").expect(200).json().path("startedAt").asString();
    }

    private static List<Integer> atOnce(Callable<Integer> request) throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = tasks.invokeAll(IntStream.range(0, AT_ONCE).mapToObj(_ -> request).toList());
            return results.stream().flatMap(result -> Stream.of(result.resultNow())).toList();
        }
    }
}
