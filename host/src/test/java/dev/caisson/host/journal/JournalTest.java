package dev.caisson.host.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineHandle;
import dev.caisson.host.journal.Journal.Phase;
import dev.caisson.host.journal.SandboxFolder.Reading;
import dev.caisson.image.LayerName;
import dev.caisson.linux.ProcessIdentity;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.Pause;
import dev.caisson.node.SandboxInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JournalTest {
    private static final SandboxId ID = new SandboxId("i0123456789abcdefghi");
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678901234Z");
    private static final Phase.Running RUNNING = new Phase.Running(
            new EngineHandle("gvisor", "caisson-1", ID.value(), "boot-1", new ProcessIdentity(4711, 815)));

    private static final Phase.Paused PAUSED = new Phase.Paused("caisson-1", "memory-1", true, 1, false);

    private static final Ingress INGRESS = new Ingress(true, false, "app.example:${PORT}");

    private SandboxFolder folder = new SandboxFolder(ID, Path.of("/nowhere"));

    @BeforeEach
    void create(@TempDir Path sandboxes) {
        folder = SandboxFolder.of(sandboxes, ID);
        folder.create();
    }

    static Journal journal(Phase phase) {
        var info = new SandboxInfo(
                ID, 1, SandboxInfo.State.RUNNING, "base0000000000000000", List.of("base"), "team", START,
                START.plusSeconds(300), true, true, INGRESS, 0, 2, 1L << 30, 10L << 30, Map.of("k", "v"),
                "gvisor caisson-1", "gVisor", Lifecycle.ending(Duration.ofSeconds(300)), Pause.NONE);
        return new Journal(
                Journal.FORMAT, "boot-1", info, 7,
                List.of(LayerName.of("b".repeat(64)), LayerName.of("a".repeat(64))), 1,
                new Journal.GuestDefaults("user", "/home/user", Map.of("A", "1")), Lifecycle.OnTimeout.PAUSE, phase);
    }

    static Stream<Phase> phases() {
        return Stream.of(
                new Phase.Standby(), new Phase.Starting(), RUNNING, PAUSED, new Phase.Resuming(PAUSED), new Phase.Restored(PAUSED, RUNNING.engine()),
                new Phase.Ending(new EndRecord(ID, "team", START, EndCause.DEADLINE, "its deadline passed")));
    }

    @ParameterizedTest
    @MethodSource("phases")
    void whatIsWrittenIsRead(Phase phase) {
        folder.write(journal(phase));

        assertThat(folder.read()).isEqualTo(new Reading.Read(journal(phase)));
    }

    /** Sandboxes that run when the server is upgraded were written by the earlier one: change this with care. */
    @Test
    void theFormIsPinned() throws Exception {
        folder.write(journal(RUNNING));

        assertThat(Files.readString(folder.journal())).isEqualToNormalizingWhitespace("""
                {"format":1,"bootId":"boot-1","info":{"id":"i0123456789abcdefghi","run":1,"state":"RUNNING",\
                "templateId":"base0000000000000000","templateNames":["base"],"owner":"team",\
                "started":"2026-01-02T03:04:05.678901234Z","deadline":"2026-01-02T03:09:05.678901234Z","secured":true,\
                "internet":true,"ingress":{"stated":true,"open":false,"hostMask":"app.example:${PORT}"},"tokenRotation":0,"cpus":2,"memoryBytes":1073741824,"diskBytes":10737418240,\
                "metadata":{"k":"v"},"engine":"gvisor caisson-1","isolation":"gVisor",\
                "lifecycle":{"onTimeout":"KILL","wokenByTraffic":false,"firstTimeout":"PT5M"},\
                "pause":{"saved":"NOTHING","agentAnswered":true}},"slot":7,\
                "layers":["%s","%s"],"linkKey":1,"guest":{"user":"user","workdir":"/home/user","environment":{"A":"1"}},"atDeadline":"PAUSE","phase":{"is":"running","engine":{"engine":"gvisor",\
                "build":"caisson-1","id":"i0123456789abcdefghi","bootId":"boot-1","process":{"pid":4711,"startTime":815}}}}\
                """.formatted("b".repeat(64), "a".repeat(64)));
    }

    @Test
    void fieldsOfALaterServerAreIgnored() throws Exception {
        folder.write(journal(RUNNING));
        var text = Files.readString(folder.journal());
        Files.writeString(folder.journal(), text.replaceFirst("\\{", "{\"later\":{\"x\":1},"));

        assertThat(folder.read()).isEqualTo(new Reading.Read(journal(RUNNING)));
    }

    @Test
    void aJournalFromBeforePortsCouldBePrivateIsThatOfAnOpenSandbox() throws Exception {
        folder.write(journal(RUNNING));
        var text = Files.readString(folder.journal());
        Files.writeString(folder.journal(), text.replaceFirst("\"ingress\":\\{[^}]*}?[^}]*},", ""));

        assertThat(Files.readString(folder.journal())).doesNotContain("ingress").contains("\"internet\":true,\"tokenRotation\"");
        assertThat(folder.read()).isInstanceOfSatisfying(
                Reading.Read.class, read -> assertThat(read.journal().info().ingress()).isEqualTo(Ingress.OPEN));
    }

    @Test
    void aJournalFromBeforePausesIsThatOfASandboxThatEndsAtItsDeadline() throws Exception {
        folder.write(journal(RUNNING));
        var text = Files.readString(folder.journal());
        Files.writeString(folder.journal(), text.replaceFirst("\"guest\":\\{.*\"atDeadline\":\"PAUSE\",", ""));

        assertThat(Files.readString(folder.journal())).contains("\"linkKey\":1,\"phase\"");
        assertThat(folder.read()).isInstanceOfSatisfying(Reading.Read.class, read -> {
            assertThat(read.journal().atDeadline()).isEqualTo(Lifecycle.OnTimeout.KILL);
            assertThat(read.journal().guest()).isEqualTo(new Journal.GuestDefaults("user", "/home/user", Map.of()));
        });
    }

    @ParameterizedTest
    @MethodSource("phases")
    void whatIsFlushedIsRead(Phase phase) {
        folder.write(journal(new Phase.Starting()));

        folder.writeFlushed(journal(phase));

        assertThat(folder.read()).isEqualTo(new Reading.Read(journal(phase)));
        assertThat(folder.path()).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void oneSavedMemoryIsKeptAndWhatIsHalfSavedIsNot() throws Exception {
        for (var name : List.of("memory-1", "memory-2", "memory-2.part")) {
            Files.createDirectories(folder.memory(name).resolve("deep"));
            Files.writeString(folder.memory(name).resolve("deep").resolve("pages"), "pages");
        }

        assertThat(folder.retainMemory("memory-2")).containsExactlyInAnyOrder("memory-1", "memory-2.part");
        assertThat(folder.memory("memory-2").resolve("deep").resolve("pages")).hasContent("pages");
        assertThat(folder.retainMemory("")).containsExactly("memory-2");

        folder.delete();
        assertThat(folder.path()).doesNotExist();
    }

    @Test
    void aSecondSaveOfTheSameRunHasAnotherName() {
        var first = SandboxFolder.memoryName(3, "");

        assertThat(SandboxFolder.memoryName(3, first)).isNotEqualTo(first);
        assertThat(SandboxFolder.memoryName(3, SandboxFolder.memoryName(3, first))).isEqualTo(first);
    }

    @Test
    void everyTruncationIsUnreadableAndNoneIsBelieved() throws Exception {
        folder.write(journal(RUNNING));
        var whole = Files.readAllBytes(folder.journal());
        for (var length = 0; length < whole.length; length++) {
            Files.write(folder.journal(), Arrays.copyOf(whole, length));
            assertThat(folder.read()).as("%d bytes", length).isInstanceOf(Reading.Unreadable.class);
        }
    }

    @Test
    void aFailedWriteLeavesTheEarlierJournal() throws Exception {
        folder.write(journal(new Phase.Starting()));
        Files.createDirectory(folder.path().resolve("journal.new"));

        assertThatThrownBy(() -> folder.write(journal(RUNNING)))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(ID.value())
                .hasMessageNotContaining(folder.path().toString());

        assertThat(folder.read()).isEqualTo(new Reading.Read(journal(new Phase.Starting())));
    }

    @Test
    void theFolderIsForItsOwnerOnlyAndGoesWithEverythingInIt() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path()))).isEqualTo("rwx------");
        folder.write(journal(RUNNING));
        Files.writeString(folder.disk(), "disk");
        Files.writeString(folder.path().resolve("engine.log"), "log");

        folder.delete();
        folder.delete();

        assertThat(folder.path()).doesNotExist();
        assertThat(folder.disk()).doesNotExist();
        assertThat(folder.read()).isEqualTo(new Reading.Missing());
    }
}
