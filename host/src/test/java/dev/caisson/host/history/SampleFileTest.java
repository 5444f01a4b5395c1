package dev.caisson.host.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleFileTest {
    private static final int RECORD = 40;

    @TempDir
    private Path folder;

    private Path path;
    private SampleFile<UsageSample> file;

    @BeforeEach
    void open() {
        path = folder.resolve("owner/sandbox/usage");
        file = new SampleFile<>(path, SampleForms.USAGE, 4);
    }

    @Test
    void whatWasWrittenIsReadInItsOrderWithEveryFigure() throws IOException {
        file.append(sample(1));
        file.append(sample(2));

        assertThat(read()).containsExactly(sample(1), sample(2));
        assertThat(file.first()).contains(sample(1));
        assertThat(file.last()).contains(sample(2));
        assertThat(Files.size(path)).isEqualTo(2 * RECORD);
    }

    @Test
    void sizesBeyondAnIntAndTheGreatestAreKept() throws IOException {
        var large = new UsageSample(Instant.EPOCH, 64, 100, 3L << 40, 3L << 40, 0, 1L << 41, (4L << 40) - 1024);
        file.append(large);
        assertThat(read()).containsExactly(large);
    }

    @Test
    void nothingIsReadWhereNothingWasWritten() throws IOException {
        assertThat(read()).isEmpty();
        assertThat(file.first()).isEmpty();
        assertThat(file.last()).isEmpty();
    }

    @Test
    void aFullFileBecomesTheOlderHalfAndTheOneBeforeIsDropped() throws IOException {
        for (int i = 1; i <= 9; i++) {
            file.append(sample(i));
        }
        assertThat(read()).containsExactly(sample(5), sample(6), sample(7), sample(8), sample(9));
        assertThat(file.last()).contains(sample(9));
        assertThat(Files.size(path)).isEqualTo(RECORD);
        assertThat(Files.size(HistoryFolder.older(path))).isEqualTo(4 * RECORD);
    }

    @Test
    void halfARecordAtTheEndIsSkippedAndWrittenOver() throws IOException {
        file.append(sample(1));
        file.append(sample(2));
        truncate(RECORD + 17);

        assertThat(read()).containsExactly(sample(1));
        assertThat(file.last()).contains(sample(1));
        file.append(sample(3));
        assertThat(read()).containsExactly(sample(1), sample(3));
    }

    @Test
    void damagedRecordsAreSkippedAndTheOthersRead() throws IOException {
        for (int i = 1; i <= 4; i++) {
            file.append(sample(i));
        }
        var bytes = Files.readAllBytes(path);
        bytes[RECORD + 9] ^= 1;
        java.util.Arrays.fill(bytes, 3 * RECORD, 4 * RECORD, (byte) 0);
        Files.write(path, bytes);

        assertThat(read()).containsExactly(sample(1), sample(3));
        assertThat(file.last()).contains(sample(3));
    }

    @Test
    void aFileOfSomethingElseIsNoSampleAndNoReasonToStop() throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "not what was expected here, by no means at all, and rather long");
        assertThat(read()).isEmpty();
        file.append(sample(7));
        assertThat(read()).containsExactly(sample(7));
    }

    @Test
    void samplesOfTeamsAreKeptLikewise() throws IOException {
        var teams = new SampleFile<>(folder.resolve("team"), SampleForms.TEAM, 2);
        var sample = new TeamSample(Instant.ofEpochMilli(1234), 17, 0.2);
        teams.append(sample);
        assertThat(teams.last()).contains(sample);
    }

    @Test
    void ofAWindowOnlyItsSamplesAndAFewAroundAreLookedAt() throws IOException {
        var parsed = new AtomicInteger();
        var form = new SampleForm<TeamSample>(
                SampleForms.TEAM.bytes(), SampleForms.TEAM.writer(), record -> {
                    parsed.incrementAndGet();
                    return SampleForms.TEAM.reader().apply(record);
                }, SampleForms.TEAM.at(), SampleForms.TEAM.highest());
        var teams = new SampleFile<>(folder.resolve("team"), form, 3000);
        for (int i = 0; i < 5000; i++) {
            teams.append(teamSample(i));
        }

        assertThat(window(teams, 2990, 3010)).containsExactlyElementsOf(IntStream.range(2990, 3010).mapToObj(SampleFileTest::teamSample).toList());
        assertThat(parsed).hasValueLessThan(100);
        assertThat(window(teams, 10, 10)).isEmpty();
        assertThat(window(teams, 20, 10)).isEmpty();
        assertThat(window(teams, -10, 2)).containsExactly(teamSample(0), teamSample(1));
        assertThat(window(teams, 4999, 9999)).containsExactly(teamSample(4999));
        assertThat(window(teams, 5000, 9999)).isEmpty();
    }

    @Test
    void aWindowIsFoundHoweverManyRecordsAreDamaged() throws IOException {
        var team = folder.resolve("team");
        var teams = new SampleFile<>(team, SampleForms.TEAM, 2000);
        for (int i = 0; i < 2000; i++) {
            teams.append(teamSample(i));
        }
        var bytes = Files.readAllBytes(team);
        java.util.Arrays.fill(bytes, 20 * 900, 20 * 1950, (byte) 0);
        bytes[20 * 450 + 3] ^= 1;
        Files.write(team, bytes);

        assertThat(window(teams, 449, 452)).contains(teamSample(449), teamSample(451)).doesNotContain(teamSample(450));
        assertThat(window(teams, 899, 1952)).contains(teamSample(899), teamSample(1950), teamSample(1951));
    }

    private static TeamSample teamSample(int second) {
        return new TeamSample(Instant.EPOCH.plusSeconds(second), second, 0.5);
    }

    private static List<TeamSample> window(SampleFile<TeamSample> file, int from, int until) throws IOException {
        var all = new ArrayList<TeamSample>();
        file.read(Instant.EPOCH.plusSeconds(from), Instant.EPOCH.plusSeconds(until), all::add);
        return all;
    }

    private static UsageSample sample(int number) {
        return new UsageSample(
                Instant.parse("2026-01-01T00:00:00.123Z").plusSeconds(number), 2, number + 0.25, number * 4096L, 1L << 30, 8192, 4096, 10L << 30);
    }

    private List<UsageSample> read() throws IOException {
        var all = new ArrayList<UsageSample>();
        file.read(Instant.MIN, Instant.MAX, all::add);
        return all;
    }

    private void truncate(long size) throws IOException {
        try (var channel = java.nio.channels.FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
