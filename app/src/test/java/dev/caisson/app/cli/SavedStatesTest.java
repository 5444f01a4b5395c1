package dev.caisson.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.FileChange;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pause, resume, fork, snapshot and checkpoint against a real control plane. */
@Isolated("reads what the commands print")
class SavedStatesTest {
    private ServedPlane plane;
    private SandboxId sandbox;
    private String id;

    @BeforeEach
    void serve(@TempDir Path data) throws IOException {
        plane = new ServedPlane(data);
        sandbox = plane.node.create(new CreateRequest("base", plane.team.id(), Duration.ofMinutes(5), true, true, Map.of(), Map.of())).id();
        id = sandbox.value();
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private String caisson(int expected, String... words) {
        return plane.caisson(expected, words);
    }

    private SandboxInfo info() {
        return plane.node.find(sandbox).orElseThrow();
    }

    @Test
    void aSandboxIsPausedListedAndResumed() {
        assertThat(caisson(0, "pause", id).strip()).isEqualTo(id);
        assertThat(caisson(0, "ls", "--json")).contains("\"paused\"");
        assertThat(caisson(0, "status", "--json=false")).contains("0 running, 1 paused");
        assertThat(caisson(0, "ls", "--json=false")).containsPattern(id + " +base +paused +2 +1024M +-");
        assertThat(caisson(0, "resume", id, "--timeout", "600")).startsWith(id + " ends at ");
        assertThat(Duration.between(info().started(), info().deadline())).hasSeconds(600);
        assertThat(caisson(0, "resume", id, "--json")).contains("\"running\"");
        assertThat(caisson(0, "pause", id, "--no-memory", "--json")).contains("\"filesystem\"");
        assertThat(caisson(1, "pause", id)).contains("already paused");
        caisson(0, "resume", id, "--reboot");
        assertThat(plane.node.lastResume().orElseThrow().memory()).isFalse();
    }

    @Test
    void aStrictPauseIsPassedOn() {
        plane.node.agent(sandbox).close();
        assertThat(caisson(1, "pause", "--strict", id)).contains("does not answer");
        caisson(0, "pause", id);
        assertThat(info().pause()).isEqualTo(new Pause(Pause.Saved.MEMORY, false));
        assertThat(caisson(1, "resume", id)).contains("resume it without its memory");
    }

    @Test
    void pausedOnesAreKilledLikeOthers() {
        caisson(0, "pause", id);
        assertThat(caisson(0, "kill", "--all").strip()).isEqualTo(id);
        assertThat(plane.node.list()).isEmpty();
    }

    @Test
    void aForkPrintsTheNewOnesAndTellsOfThoseThatFailed() {
        plane.node.failFork(1, new NodeException(Category.EXHAUSTED, "no memory"));
        var printed = caisson(1, "fork", id, "--count", "2", "--timeout", "60");
        assertThat(printed).contains("caisson: no memory");
        var made = plane.node.list().stream().filter(other -> !other.id().equals(sandbox)).toList();
        assertThat(made).hasSize(1);
        assertThat(printed).contains(made.getFirst().id().value());
        assertThat(caisson(0, "fork", id, "--json")).contains("\"sandboxID\"");
    }

    @Test
    void aSnapshotIsTakenListedAndRemoved() {
        var slug = plane.team.slug();
        assertThat(caisson(0, "snapshot", "create", id, "--name", "ready").strip()).isEqualTo(slug + "/ready:default");
        assertThat(caisson(0, "snapshot", "create", id, "--no-memory", "--json")).contains("\"memory\" : false");
        assertThat(caisson(0, "snapshot", "ls")).contains("SNAPSHOT", slug + "/ready:default", id, "memory", "files", "1M");
        assertThat(caisson(0, "snapshot", "ls", "--name", "ready", "--sandbox", id, "--json")).contains("ready").doesNotContain("\"memory\" : false");
        assertThat(caisson(0, "snapshot", "rm", slug + "/ready:default").strip()).isEqualTo(slug + "/ready:default");
        assertThat(caisson(0, "snapshot", "ls", "--name", "ready")).doesNotContain("ready:");
        assertThat(caisson(1, "snapshot", "rm", "ready")).contains("not found");
    }

    @Test
    void checkpointsAreMeantByNameOrId() {
        var first = caisson(0, "checkpoint", "create", id, "before").strip();
        caisson(0, "checkpoint", "create", id, "--json");
        assertThat(caisson(0, "checkpoint", "ls", id)).contains("CHECKPOINT", first, "before", "1M");
        plane.node.checkpoints().changes(List.of(
                new FileChange(FileChange.Kind.ADDED, "/a\u001b[31m"), new FileChange(FileChange.Kind.CHANGED, "/b"),
                new FileChange(FileChange.Kind.REMOVED, "/c")));
        assertThat(caisson(0, "checkpoint", "diff", id, "before")).isEqualTo("+ /a [31m\n~ /b\n- /c\n");
        assertThat(caisson(0, "checkpoint", "diff", id, "before", first, "--json")).contains("{\"change\":\"changed\",\"path\":\"/b\"}\n");
        assertThat(caisson(0, "checkpoint", "rollback", id, "before").strip()).isEqualTo(id);
        assertThat(info().run()).isEqualTo(2);
        assertThat(caisson(1, "checkpoint", "rm", id, "before", "nope")).contains("no checkpoint with the id or name 'nope'");
        assertThat(caisson(0, "checkpoint", "rm", id, first).strip()).isEqualTo(first);
        assertThat(caisson(0, "checkpoint", "ls", id, "--json")).doesNotContain(first);
    }

    @Test
    void aNameThatSeveralCheckpointsHaveIsAmbiguous() {
        caisson(0, "checkpoint", "create", id, "before");
        caisson(0, "checkpoint", "create", id, "before");
        assertThat(caisson(1, "checkpoint", "rollback", id, "before")).contains("2 checkpoints are called 'before'");
    }

    @Test
    void aDiffThatBreaksOffIsAnError() {
        caisson(0, "checkpoint", "create", id, "before");
        plane.node.checkpoints().failDiffs(new NodeException(Category.INTERNAL, "a layer is unreadable"));
        assertThat(caisson(1, "checkpoint", "diff", id, "before")).contains("a layer is unreadable");
        plane.node.checkpoints().changes(List.of(new FileChange(FileChange.Kind.ADDED, "/a")));
        assertThat(caisson(1, "checkpoint", "diff", id, "before")).contains("the answer broke off");
    }

    @ParameterizedTest
    @CsvSource({"kill,KILL", "pause,PAUSE", "pause-files,PAUSE_FILES"})
    void whatHappensWhenANewOnesTimeIsUpIsChosen(String word, Lifecycle.OnTimeout expected) {
        caisson(0, "create", "--on-timeout", word);
        assertThat(lifecycle()).isEqualTo(new Lifecycle(expected, false, Duration.ofHours(1)));
    }

    @Test
    void soIsWhetherRequestsBringItBack() {
        caisson(0, "create", "--on-timeout", "pause", "--auto-resume", "--timeout", "60");
        assertThat(lifecycle()).isEqualTo(new Lifecycle(Lifecycle.OnTimeout.PAUSE, true, Duration.ofSeconds(60)));
        assertThat(caisson(1, "create", "--on-timeout", "pause-files", "--auto-resume")).contains("excludes 'autoResume'");
        assertThat(caisson(2, "create", "--on-timeout", "sleep")).contains("kill, pause, pause-files");
    }

    private Lifecycle lifecycle() {
        return plane.node.lastCreate().orElseThrow().lifecycle();
    }

    @Test
    void aSandboxIsMadeOfASnapshotByItsName() {
        caisson(0, "snapshot", "create", id, "--name", "ready");
        var made = new SandboxId(caisson(0, "create", "ready").strip());
        assertThat(plane.node.find(made).orElseThrow().templateNames()).containsExactly("ready");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "pause", "resume", "fork", "snapshot", "snapshot create", "snapshot ls", "snapshot rm", "checkpoint", "checkpoint create",
        "checkpoint ls", "checkpoint rollback", "checkpoint diff", "checkpoint rm"
    })
    void everyOneOfThemHasAnExample(String command) {
        var words = new java.util.ArrayList<>(List.of(command.split(" ")));
        words.add("--help");
        assertThat(caisson(0, words.toArray(String[]::new))).contains("Example: caisson " + command);
    }
}
