package dev.caisson.host.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.SandboxId;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedLogTest {
    private Path file = Path.of("/nowhere");

    @BeforeEach
    void place(@TempDir Path data) {
        file = data.resolve("ended.jsonl");
    }

    private static EndRecord end(int number) {
        return new EndRecord(
                new SandboxId("i%019d".formatted(number)), "team", Instant.ofEpochSecond(number), EndCause.REQUEST, "it was killed");
    }

    private static List<EndRecord> ends(int newest, int oldest) {
        return IntStream.iterate(newest, n -> n >= oldest, n -> n - 1).mapToObj(EndedLogTest::end).toList();
    }

    private EndedLog log() {
        return new EndedLog(file, 10);
    }

    @Test
    void theNewestComeFirstAndAreReadAgain() {
        var log = log();
        for (var i = 1; i <= 3; i++) {
            log.add(end(i));
        }

        assertThat(log.latest()).isEqualTo(ends(3, 1));
        assertThat(log().latest()).isEqualTo(ends(3, 1));
    }

    @Test
    void memoryAndFilesAreBounded() throws Exception {
        var log = log();
        for (var i = 1; i <= 95; i++) {
            log.add(end(i));
        }

        assertThat(log.latest()).isEqualTo(ends(95, 86));
        assertThat(log().latest()).isEqualTo(ends(95, 86));
        try (var files = Files.list(file.getParent())) {
            assertThat(files).hasSize(2);
        }
        assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(11);
    }

    @Test
    void oneSandboxEndsOnce() {
        var log = log();
        log.add(end(1));
        log.add(new EndRecord(end(1).id(), "team", Instant.EPOCH, EndCause.FAILED, "later"));

        assertThat(log.latest()).containsExactly(end(1));
        assertThat(log().latest()).containsExactly(end(1));
    }

    @Test
    void halfALineSpoilsNothingElse() throws Exception {
        log().add(end(1));
        Files.writeString(file, "{\"id\":\"i00", StandardOpenOption.APPEND);
        log().add(end(2));

        assertThat(log().latest()).isEqualTo(ends(2, 1));
    }

    @Test
    void whatTheDiskDoesNotTakeIsKeptAndWrittenLater() throws Exception {
        Files.createDirectory(file);
        var log = log();

        assertThatThrownBy(() -> log.add(end(1))).isInstanceOf(JournalException.class);
        assertThat(log.latest()).containsExactly(end(1));
        Files.delete(file);
        log.add(end(2));

        assertThat(log().latest()).isEqualTo(ends(2, 1));
    }
}
