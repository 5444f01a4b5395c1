package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.ApiClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that save states of sandboxes: pause, resume, fork, snapshot, checkpoint. */
@Tag("root")
class StateCommandsTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static Caisson caisson;
    private static ApiClient api;
    private static Rest rest;

    private Keeper keeper;
    private String id;

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

    @BeforeEach
    void create() {
        var sandbox = api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of());
        keeper = Keeper.startIn(sandbox, api, rest.http());
        id = sandbox.id();
    }

    @AfterEach
    void kill() {
        api.sandboxes().forEach(row -> api.delete("/sandboxes/" + row.path("sandboxID").asString()));
        SavedFiles.awaitNone(caisson);
    }

    @Test
    void aPausedSandboxIsShownAndGoesOn() {
        keeper.expectNext();
        assertThat(run("pause", id)).isEqualTo(id + "\n");
        assertThat(run("ls")).containsPattern(id + " +base +paused ");
        assertThat(json("ls", "--json").path(0).path("state").asString()).isEqualTo("paused");
        assertThat(caisson.cli("pause", id).exitCode()).isEqualTo(1);
        assertThat(run("resume", id, "--timeout", "600")).contains(id + " ends at ");
        keeper.expectNext();
        var boot = sh("cat /proc/sys/kernel/random/boot_id");
        assertThat(json("pause", "--json", "--no-memory", "--strict", id).path(0).path("pauseMode").asString()).isEqualTo("filesystem");
        assertThat(json("resume", "--json", id).path("state").asString()).isEqualTo("running");
        assertThat(sh("cat /proc/sys/kernel/random/boot_id")).isNotEqualTo(boot);
        assertThat(sh("cat counts")).isEqualTo("1\n2\n");
        run("pause", id);
        assertThat(run("kill", id)).contains(id);
        assertThat(caisson.cli("resume", id).errors()).contains(id);
    }

    @Test
    void forksAreSandboxesOfTheirOwn() {
        keeper.expectNext();
        var children = run("fork", id, "--count", "2").lines().toList();
        assertThat(children).hasSize(2).doesNotHaveDuplicates().doesNotContain(id);
        children.forEach(child -> keeper.in(child).expectNext());
        assertThat(json("fork", id, "--json").path(0).path("sandbox").path("sandboxID").asString()).isNotEmpty();
        assertThat(caisson.cli("fork", id, "--count", "0").exitCode()).isNotZero();
        keeper.expectNext();
    }

    @Test
    void aSnapshotMakesSandboxesAndIsRemoved() {
        keeper.expectNext();
        var first = json("snapshot", "create", id, "--json").path("snapshotID").asString();
        var ready = run("snapshot", "create", id, "--name", "ready:v1").strip();
        assertThat(ready).endsWith("/ready:v1");
        assertThat(json("snapshot", "ls", "--sandbox", id, "--json").valueStream().map(row -> row.path("snapshotID").asString()))
                .containsExactly(ready, first);
        assertThat(run("snapshot", "ls", "--name", "ready")).contains(ready).doesNotContain(first);
        var made = run("create", "ready:v1").strip();
        keeper.in(made).expectNext();
        assertThat(caisson.cli("snapshot", "rm", "ready").errors()).contains("running sandboxes using it");
        run("kill", made);
        run("snapshot", "rm", "ready", first);
        assertThat(json("snapshot", "ls", "--json")).isEmpty();
        assertThat(caisson.cli("snapshot", "rm", "ready").exitCode()).isEqualTo(1);
    }

    @Test
    void aSandboxGoesBackToACheckpoint() {
        sh("echo old > changed; echo old > removed");
        keeper.expectNext();
        var before = json("checkpoint", "create", id, "before", "--json").path("checkpointID").asString();
        sh("echo newer > changed; rm removed; echo new > added");
        var after = run("checkpoint", "create", id, "after").strip();
        assertThat(json("checkpoint", "ls", id, "--json").valueStream().map(row -> row.path("checkpointID").asString()))
                .containsExactly(after, before);
        assertThat(run("checkpoint", "diff", id, "before", "after").lines())
                .contains("+ /home/user/added", "~ /home/user/changed", "- /home/user/removed")
                .doesNotContain("~ /home/user/counts");
        assertThat(run("checkpoint", "diff", id, "after", "--json").lines().map(JSON::readTree).map(line -> line.path("path").asString()))
                .doesNotContain("/home/user/added");
        keeper.expectNext();

        run("checkpoint", "rollback", id, "before");
        assertThat(sh("cat changed removed counts; test -e added || echo none")).isEqualTo("old\nold\n1\nnone\n");
        assertThat(keeper.ask("/").body()).startsWith("1 True ");
        run("checkpoint", "rm", id, "before");
        assertThat(json("checkpoint", "rollback", id, after, "--json").path("state").asString()).isEqualTo("running");
        assertThat(sh("cat changed added; cat counts")).isEqualTo("newer\nnew\n1\n");
        assertThat(caisson.cli("checkpoint", "rollback", id, "before").errors()).contains("no checkpoint with the id or name 'before'");
    }

    private static String run(String... arguments) {
        return caisson.cli(arguments).expectSuccess().output();
    }

    private static JsonNode json(String... arguments) {
        return JSON.readTree(run(arguments));
    }

    /** As whoever is connected anew: the sandbox may have been another run's. */
    private String sh(String script) {
        var result = Commands.sh(api.connect(id), script);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }
}
