package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What two copies of a sandbox have in common with it, and what each has for itself. */
@Tag("root")
class ForkedCopiesTest {
    private static final String PREPARE = """
            set -e
            tr -d - < /proc/sys/kernel/random/uuid > /etc/machine-id
            for moment in before-snapshot after-restore after-fork; do
              mkdir -p /etc/caisson/hooks/$moment.d
              printf '#!/bin/sh\\necho %s >> /home/user/hooks\\n' $moment > /etc/caisson/hooks/$moment.d/1-note
              chmod +x /etc/caisson/hooks/$moment.d/1-note
            done
            """;

    private static final int PYTHON_PORT = 8001;
    private static final int NODE_PORT = 8002;

    /** Each answers with a hundred numbers that it draws, and has drawn some before. */
    private static final String INTERPRETERS = """
            cat > draws.py <<'END'
            import http.server, random

            class Draws(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(" ".join(str(random.random()) for _ in range(100)).encode())

                def log_message(self, *words):
                    pass

            random.random()
            http.server.HTTPServer(("", 8001), Draws).serve_forever()
            END
            cat > draws.js <<'END'
            Math.random()
            require('http').createServer((request, answer) => answer.end(Array.from({ length: 100 }, Math.random).join(' '))).listen(8002)
            END
            PYTHONPATH=/usr/lib/caisson/python setsid python3 draws.py </dev/null >/dev/null 2>&1 &
            NODE_OPTIONS="--require /usr/lib/caisson/node/caisson-reseed.js" setsid node draws.js </dev/null >/dev/null 2>&1 &
            """;

    private static Caisson caisson;
    private static ApiClient api;
    private static Rest rest;
    private static JsonNode original;
    private static String id;
    private static String token;
    private static String pid;
    private static String watcher;
    private static String machine;
    private static Keeper keeper;
    private static List<JsonNode> copies;

    @BeforeAll
    static void makeAndFork() {
        caisson = Caisson.up();
        api = caisson.api();
        rest = new Rest(caisson);
        original = rest.post("/v2/sandboxes", """
                {"templateID":"base","timeout":600,"metadata":{"kind":"original"},"envVars":{"COLOUR":"red"}}
                """).expect(201).json();
        id = original.path("sandboxID").asString();
        token = original.path("envdAccessToken").asString();
        var sandbox = api.connect(id);
        keeper = Keeper.startIn(sandbox, api, rest.http());
        keeper.expectNext();
        root(sandbox, PREPARE);
        sh(sandbox, INTERPRETERS);
        for (var port : List.of(PYTHON_PORT, NODE_PORT)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> rest.port(id, port, "/").status() == 200);
        }
        machine = sh(sandbox, "cat /etc/machine-id");
        pid = rest.start(id, token, """
                {"process":{"cmd":"sleep","args":["4717"]},"tag":"tagged"}
                """);
        watcher = rest.call(id, token, "filesystem.Filesystem/CreateWatcher", "{\"path\":\"/home/user\"}").expect(200)
                .json().path("watcherId").asString();
        var answer = rest.post("/sandboxes/" + id + "/fork", "{\"timeout\":600,\"count\":2}").expect(201).json();
        copies = answer.valueStream().map(child -> child.path("sandbox")).toList();
    }

    @AfterAll
    static void down() {
        rest.close();
        api.close();
        caisson.close();
    }

    @Test
    void memoryAndFilesGoOnInEachByItself() {
        assertThat(copies).hasSize(2).allSatisfy(copy -> assertThat(idOf(copy)).isNotEmpty().isNotEqualTo(id));
        for (var copy : copies) {
            var there = keeper.in(idOf(copy));
            there.expectNext();
            there.expectNext();
        }
        keeper.expectNext();
    }

    @Test
    void processesAreThereWithTheirTagsAndVariables() {
        for (var copy : copies) {
            var processes = rest.call(idOf(copy), tokenOf(copy), "process.Process/List", "{}").expect(200).json().path("processes");
            assertThat(processes.valueStream().map(process -> process.path("tag").asString("") + " " + process.path("pid").asString()))
                    .contains("tagged " + pid);
            assertThat(sh(api.connect(idOf(copy)), "tr '\\0' '\\n' < /proc/" + pid + "/environ | grep COLOUR; echo $COLOUR")).isEqualTo("COLOUR=red\nred\n");
        }
    }

    @Test
    void aWatcherIsThereAndSeesItsOwnFilesOnly() {
        for (var copy : copies) {
            var copyId = idOf(copy);
            sh(api.connect(copyId), "touch /home/user/of-" + copyId);
            var seen = new ArrayList<String>();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                var events = rest.call(copyId, tokenOf(copy), "filesystem.Filesystem/GetWatcherEvents", "{\"watcherId\":\"" + watcher + "\"}");
                events.expect(200).json().path("events").forEach(event -> seen.add(event.path("name").asString()));
                return seen.contains("of-" + copyId);
            });
            var others = copies.stream().map(ForkedCopiesTest::idOf).filter(other -> !other.equals(copyId)).map(other -> "of-" + other);
            assertThat(seen).doesNotContainAnyElementsOf(others.toList());
        }
    }

    @Test
    void tokensOfOneOpenNoOther() {
        var tokens = new ArrayList<>(copies.stream().map(ForkedCopiesTest::tokenOf).toList());
        tokens.add(token);
        assertThat(tokens).doesNotHaveDuplicates().allSatisfy(each -> assertThat(each).isNotEmpty());
        rest.call(idOf(copies.get(0)), token, "process.Process/List", "{}").expect(401);
        rest.call(idOf(copies.get(0)), tokenOf(copies.get(1)), "process.Process/List", "{}").expect(401);
        rest.call(id, tokenOf(copies.get(0)), "process.Process/List", "{}").expect(401);
    }

    @Test
    void randomNumbersAreNewInTheKernelAndInInterpretersThatRun() {
        var drawn = new ArrayList<String>();
        for (var sandbox : all()) {
            for (var port : List.of(PYTHON_PORT, NODE_PORT)) {
                var draws = rest.port(sandbox, port, "/").expect(200).body().split(" ");
                assertThat(draws).hasSize(100);
                drawn.addAll(List.of(draws));
            }
            drawn.addAll(sh(api.connect(sandbox), "od -An -v -tx8 -w8 -N800 /dev/urandom").lines().toList());
        }
        assertThat(drawn).hasSize(900).doesNotHaveDuplicates();
    }

    @Test
    void theMachineIdIsNewAndTheHostNameIsEverybodys() {
        var machines = all().stream().map(sandbox -> sh(api.connect(sandbox), "cat /etc/machine-id")).toList();
        assertThat(machines).doesNotHaveDuplicates().contains(machine).allSatisfy(each -> assertThat(each).matches("[0-9a-f]{32}\n"));
        assertThat(all()).allSatisfy(sandbox -> assertThat(sh(api.connect(sandbox), "hostname")).isEqualTo("e2b.local\n"));
    }

    @Test
    void eachKnowsItsOwnId() {
        assertThat(all()).allSatisfy(sandbox -> assertThat(sh(api.connect(sandbox), "echo $E2B_SANDBOX_ID; cat /run/e2b/.E2B_SANDBOX_ID"))
                .isEqualTo(sandbox + "\n" + sandbox));
    }

    @Test
    void clocksAreRight() {
        for (var sandbox : all()) {
            var before = Instant.now();
            var seen = Instant.ofEpochMilli(Long.parseLong(sh(api.connect(sandbox), "date +%s%3N").strip()));
            // The agent leaves a clock alone that is a little ahead.
            assertThat(seen).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(6));
        }
    }

    @Test
    void hooksRunWhereTheyBelong() {
        assertThat(sh(api.connect(id), "cat /home/user/hooks")).isEqualTo("before-snapshot\n");
        for (var copy : copies) {
            assertThat(sh(api.connect(idOf(copy)), "cat /home/user/hooks")).isEqualTo("before-snapshot\nafter-restore\nafter-fork\n");
        }
    }

    @Test
    void metadataAndTemplateAreTheOriginals() {
        for (var copy : copies) {
            var detail = rest.send("GET", "/sandboxes/" + idOf(copy), "").expect(200).json();
            assertThat(detail.path("metadata").path("kind").asString()).isEqualTo("original");
            assertThat(detail.path("templateID")).isEqualTo(original.path("templateID"));
        }
    }

    private static List<String> all() {
        var ids = new ArrayList<>(copies.stream().map(ForkedCopiesTest::idOf).toList());
        ids.add(id);
        return ids;
    }

    private static String idOf(JsonNode sandbox) {
        return sandbox.path("sandboxID").asString();
    }

    private static String tokenOf(JsonNode sandbox) {
        return sandbox.path("envdAccessToken").asString();
    }

    private static void root(RemoteSandbox sandbox, String script) {
        sandbox.upload("/tmp/script", script.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(sh(sandbox, "sudo sh /tmp/script")).isEmpty();
    }

    private static String sh(RemoteSandbox sandbox, String script) {
        var result = Commands.sh(sandbox, script);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }
}
