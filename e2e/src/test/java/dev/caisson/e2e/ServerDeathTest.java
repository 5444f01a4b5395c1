package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server is killed without warning while sandboxes work; the next one finds them. */
@Tag("root")
class ServerDeathTest {
    private static final String BEFORE = """
            import json
            from e2b import Sandbox
            made = []
            for number in range(5):
                sandbox = Sandbox.create("base", timeout=600)
                handle = sandbox.commands.run(
                    "i=0; while true; do i=$((i+1)); echo $i; echo $i > /tmp/counter; sleep 0.1; done", background=True, timeout=0)
                made.append({"id": sandbox.sandbox_id, "pid": handle.pid})
            print(json.dumps(made))
            """;

    /** The next call of an SDK works, the process is the same, and its output can be attached again. */
    private static final String AFTER = """
            import json, sys
            from e2b import Sandbox
            for one in json.loads('%s'):
                sandbox = Sandbox.connect(one["id"])
                assert [p.pid for p in sandbox.commands.list()] == [one["pid"]], sandbox.commands.list()
                seen = []
                handle = sandbox.commands.connect(one["pid"], timeout=30)
                for out, err, pty in handle:
                    seen.append(out)
                    if len(seen) >= 3:
                        break
                assert len(seen) >= 3, seen
                sandbox.files.write("/home/user/note.txt", "still here")
                assert sandbox.files.read("/home/user/note.txt") == "still here"
            print("all found")
            """;

    @Test
    void sandboxesAndTheirProcessesGoOnAndAreFoundAgain() {
        try (var caisson = Caisson.up(); var api = caisson.api()) {
            var before = Sdk.python(BEFORE, caisson.sdkEnvironment());
            assertThat(before.exitCode()).as(before.errors()).isZero();
            var shortLived = api.create("base", Optional.of(Duration.ofSeconds(600)), Map.of());
            api.post("/sandboxes/" + shortLived.id() + "/timeout", Map.of("timeout", 30));
            var ids = new ArrayList<String>();
            api.sandboxes().forEach(row -> ids.add(row.path("sandboxID").asString()));
            assertThat(ids).hasSize(6);

            caisson.killServer();
            caisson.cli("up").expectSuccess();

            var found = new ArrayList<String>();
            api.sandboxes().forEach(row -> found.add(row.path("sandboxID").asString()));
            assertThat(ids).containsAll(found);
            assertThat(found).hasSizeGreaterThanOrEqualTo(5);
            // The short-lived one is among them unless its deadline passed first, on a slow machine.
            assertThat(caisson.cli("status").expectSuccess().output()).containsPattern("found again  [56] ");
            var after = Sdk.python(AFTER.formatted(before.output().strip()), caisson.sdkEnvironment());
            assertThat(after.errors()).isEmpty();
            assertThat(after.output().strip()).isEqualTo("all found");

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> org.assertj.core.api.Assertions
                    .assertThatThrownBy(() -> api.get("/sandboxes/" + shortLived.id()))
                    .isInstanceOf(ClientException.class));
            assertThat(caisson.cli("status").expectSuccess().output()).contains(shortLived.id() + " deadline");
        }
    }

    @Test
    void aDeadlineThatPassesWhileTheServerIsDownFiresWhenItIsBack() {
        try (var caisson = Caisson.up(); var api = caisson.api()) {
            var sandbox = api.create("base", Optional.of(Duration.ofSeconds(600)), Map.of());
            var kept = api.create("base", Optional.of(Duration.ofSeconds(600)), Map.of());
            api.post("/sandboxes/" + sandbox.id() + "/timeout", Map.of("timeout", 2));
            var end = java.time.Instant.parse(api.get("/sandboxes/" + sandbox.id()).path("endAt").asString());
            caisson.cli("down").expectSuccess();
            await().atMost(Duration.ofSeconds(10)).until(() -> java.time.Instant.now().isAfter(end));
            caisson.cli("up").expectSuccess();
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(api.sandboxes().valueStream()
                            .map(row -> row.path("sandboxID").asString()))
                    .containsExactly(kept.id()));
        }
    }
}
