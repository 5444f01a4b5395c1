package dev.caisson.host.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import dev.caisson.base.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
    private static final String OWNER = "owner";

    @TempDir
    private Path root;

    private HistoryFolder folder;

    @BeforeEach
    void make() {
        folder = new HistoryFolder(root);
    }

    @Test
    void whatWasLastWrittenLongerAgoThanIsKeptGoes() throws IOException {
        var old = remember(Duration.ofDays(8), 10);
        var young = remember(Duration.ofDays(6), 10);

        assertThat(retention(100, 1 << 20, 100).sweep(id -> false)).isFalse();

        assertThat(folder.sandbox(OWNER, old)).doesNotExist();
        assertThat(folder.sandbox(OWNER, young)).exists();
    }

    @Test
    void aRunningSandboxIsLeftAloneHoweverOld() throws IOException {
        var old = remember(Duration.ofDays(8), 10);
        retention(0, 0, 100).sweep(old::equals);
        assertThat(folder.log(OWNER, old)).exists();
    }

    @Test
    void ofTooManySandboxesThoseThatEndedFirstGo() throws IOException {
        var first = remember(Duration.ofHours(3), 10);
        var second = remember(Duration.ofHours(2), 10);
        var third = remember(Duration.ofHours(1), 10);

        retention(2, 1 << 20, 100).sweep(id -> false);

        assertThat(folder.sandbox(OWNER, first)).doesNotExist();
        assertThat(List.of(folder.sandbox(OWNER, second), folder.sandbox(OWNER, third))).allMatch(Files::exists);
    }

    @Test
    void ofTooMuchTheOldestGoesUntilItIsLittleEnough() throws IOException {
        var first = remember(Duration.ofHours(3), 500);
        var second = remember(Duration.ofHours(2), 500);
        var third = remember(Duration.ofHours(1), 500);

        retention(100, 700, 100).sweep(id -> false);

        assertThat(List.of(folder.sandbox(OWNER, first), folder.sandbox(OWNER, second))).noneMatch(Files::exists);
        assertThat(folder.sandbox(OWNER, third)).exists();
    }

    @Test
    void oneSweepRemovesSoManyAndSaysThatThereIsMore() throws IOException {
        for (int i = 0; i < 5; i++) {
            remember(Duration.ofDays(8), 10);
        }
        var retention = retention(100, 1 << 20, 2);
        assertThat(retention.sweep(id -> false)).isTrue();
        assertThat(count()).isEqualTo(3);
        assertThat(retention.sweep(id -> false)).isTrue();
        assertThat(retention.sweep(id -> false)).isFalse();
        assertThat(count()).isZero();
    }

    @Test
    void whatIsNoSandboxIsNotTouched() throws IOException {
        Files.createDirectories(folder.owner(OWNER));
        var team = Files.writeString(folder.team(OWNER), "figures");
        var file = Files.writeString(root.resolve("a file"), "of somebody");
        Files.setLastModifiedTime(team, FileTime.from(Instant.EPOCH));
        retention(0, 0, 100).sweep(id -> false);
        assertThat(team).exists();
        assertThat(file).exists();
    }

    private SandboxId remember(Duration ago, int bytes) throws IOException {
        var id = SandboxId.random();
        var log = folder.log(OWNER, id);
        HistoryFolder.makeFor(log);
        Files.write(log, new byte[bytes]);
        Files.setLastModifiedTime(log, FileTime.from(NOW.minus(ago)));
        return id;
    }

    private long count() throws IOException {
        try (var entries = Files.list(folder.owner(OWNER))) {
            return entries.count();
        }
    }

    private Retention retention(int mostSandboxes, long mostBytes, int atOnce) {
        var usual = HistoryConfig.defaults();
        var config = new HistoryConfig(
                usual.sampleEvery(), usual.tick(), usual.keep(), usual.keepTeams(), 0, usual.logs(),
                new HistoryConfig.Sweeping(Duration.ofMinutes(10), mostSandboxes, mostBytes, atOnce));
        return new Retention(folder, config, new ManualClock(NOW));
    }
}
