package dev.caisson.host.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import dev.caisson.node.LogQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.000001Z");
    private static final String OWNER = "0a1b2c3d-0000-4000-8000-000000000000";

    @TempDir
    private Path root;

    private final ManualClock clock = new ManualClock(START);
    private final SandboxId id = SandboxId.random();
    private LogStore logs;

    @BeforeEach
    void open() {
        logs = open(HistoryConfig.defaults().logs());
    }

    @AfterEach
    void close() {
        logs.close();
    }

    @Test
    void aLineIsReadAsItWasWritten() {
        var message = "It said \"no\"\n\u0000 and ü 🙂";
        logs.append(OWNER, id, LogLevel.WARN, "process", message, Map.of("pid", "7", "cwd", "/tmp/ä\"\\"));

        assertThat(read()).containsExactly(
                new LogEntry(START, LogLevel.WARN, "process", message, Map.of("pid", "7", "cwd", "/tmp/ä\"\\")));
    }

    @Test
    void eachLineOfTheFileIsJsonThatBeginsWithItsMoment() throws IOException {
        logs.append(OWNER, id, LogLevel.INFO, "process", "hello", Map.of("pid", "7"));
        read();
        assertThat(log()).hasContent(
                "{\"timestamp\":\"2026-01-01T00:00:00.000001000Z\",\"level\":\"info\",\"logger\":\"process\",\"message\":\"hello\",\"pid\":\"7\"}\n");
    }

    @Test
    void fieldsCannotPassForTheLinesOwnMembers() {
        logs.append(OWNER, id, LogLevel.INFO, "process", "hello", Map.of("level", "error", "timestamp", "x", "message", "forged"));
        assertThat(read()).singleElement().satisfies(entry -> {
            assertThat(entry.level()).isEqualTo(LogLevel.INFO);
            assertThat(entry.message()).isEqualTo("hello");
        });
    }

    @Test
    void textsWithoutEndAreCutAndTheLineStaysWhole() {
        logs.append(OWNER, id, LogLevel.INFO, "process", "a" + "🙂".repeat(5000), Map.of("command", "x".repeat(1 << 20)));
        assertThat(read()).singleElement().satisfies(entry -> {
            assertThat(entry.message()).hasSize(4097).startsWith("a🙂").endsWith("🙂?…");
            assertThat(entry.fields().get("command")).hasSize(4097);
        });
    }

    @Test
    void whatWaitsIsCutAlready() {
        logs.close();
        logs = open(new HistoryConfig.Logs(1 << 20, 0, 10, 16 << 10));
        logs.append(OWNER, id, LogLevel.INFO, "l", "long", Map.of("command", "x".repeat(1 << 20)));
        assertThat(read()).extracting(LogEntry::message).containsExactly("long");
    }

    @Test
    void halfCharactersAreNoReasonToStopWriting() {
        logs.append(OWNER, id, LogLevel.INFO, "process", "a\ud800b", Map.of("\udc00", "\ud83d"));
        logs.append(OWNER, id, LogLevel.INFO, "process", "next", Map.of());
        assertThat(read()).extracting(LogEntry::message).containsExactly("a?b", "next");
    }

    @Test
    void linesAreChosenByTimeLevelTextAndNumberInBothDirections() {
        for (int i = 0; i < 6; i++) {
            logs.append(OWNER, id, i % 2 == 0 ? LogLevel.DEBUG : LogLevel.ERROR, "l", "line " + i, Map.of());
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(messages(query(false, 3, LogLevel.DEBUG, ""))).containsExactly("line 0", "line 1", "line 2");
        assertThat(messages(query(true, 3, LogLevel.DEBUG, ""))).containsExactly("line 5", "line 4", "line 3");
        assertThat(messages(query(true, 10, LogLevel.WARN, ""))).containsExactly("line 5", "line 3", "line 1");
        assertThat(messages(query(false, 10, LogLevel.DEBUG, "e 4"))).containsExactly("line 4");
        assertThat(messages(query(false, 0, LogLevel.DEBUG, ""))).isEmpty();
        assertThat(messages(new LogQuery(START.plusSeconds(1), START.plusSeconds(3), false, 10, LogLevel.DEBUG, "")))
                .containsExactly("line 1", "line 2");
    }

    @Test
    void anotherOwnerReadsNothing() {
        logs.append(OWNER, id, LogLevel.INFO, "l", "mine", Map.of());
        read();
        for (var other : List.of("other", "", ".", "..", "../" + OWNER, OWNER + "/", OWNER + "\0")) {
            assertThat(logs.read(other, id, query(false, 10, LogLevel.DEBUG, ""))).as(other).isEmpty();
        }
    }

    @Test
    void linesOlderThanIsKeptAreNotGivenAnyMore() {
        logs.append(OWNER, id, LogLevel.INFO, "l", "old", Map.of());
        read();
        clock.advance(Duration.ofDays(7).plusSeconds(1));
        logs.append(OWNER, id, LogLevel.INFO, "l", "new", Map.of());
        assertThat(read()).extracting(LogEntry::message).containsExactly("new");
    }

    @Test
    void tornAndDamagedLinesAreSkippedAndTheNextOneIsWhole() throws IOException {
        logs.append(OWNER, id, LogLevel.INFO, "l", "first", Map.of());
        read();
        Files.writeString(log(), "no json\n{\"timestamp\":\"2026-01-01T00:00:00.000001000Z\",\"lev\n\n{\"timestamp\":\"2026",
                StandardOpenOption.APPEND);
        logs.append(OWNER, id, LogLevel.INFO, "l", "last", Map.of());

        assertThat(read()).extracting(LogEntry::message).containsExactly("first", "last");
        assertThat(messages(query(true, 10, LogLevel.DEBUG, ""))).containsExactly("last", "first");
    }

    @Test
    void aLogIsBoundedAndKeepsTheNewestLines() throws IOException {
        logs.close();
        logs = open(new HistoryConfig.Logs(4096, 1_000_000, 1_000_000, 64 << 20));
        for (int i = 0; i < 200; i++) {
            logs.append(OWNER, id, LogLevel.INFO, "l", "line " + i, Map.of());
            if (i % 10 == 0) {
                read();
            }
        }
        var kept = read();
        assertThat(kept).hasSizeBetween(30, 199);
        assertThat(kept.getLast().message()).isEqualTo("line 199");
        assertThat(kept).extracting(LogEntry::message).containsExactlyElementsOf(
                IntStream.range(200 - kept.size(), 200).mapToObj(i -> "line " + i).toList());
        assertThat(Files.size(log()) + Files.size(HistoryFolder.older(log()))).isLessThan(3 * 4096);
    }

    @Test
    void whatComesFasterThanIsKeptIsDroppedAndCounted() {
        logs.close();
        logs = open(new HistoryConfig.Logs(1 << 20, 0, 10, 1 << 20));
        for (int i = 0; i < 25; i++) {
            logs.append(OWNER, id, LogLevel.INFO, "l", "line " + i, Map.of());
        }
        logs.appendLast(OWNER, id, LogLevel.INFO, "sandbox", "ended", Map.of());

        var lines = read();
        assertThat(lines).hasSize(12);
        assertThat(lines.get(9).message()).isEqualTo("line 9");
        assertThat(lines.get(10).fields()).containsEntry("dropped_lines", "15");
        assertThat(lines.get(10).level()).isEqualTo(LogLevel.WARN);
        assertThat(lines.get(11).message()).isEqualTo("ended");
    }

    @Test
    void oneChattySandboxTakesNothingFromAnother() {
        logs.close();
        logs = open(new HistoryConfig.Logs(1 << 20, 0, 10, 1 << 20));
        var quiet = SandboxId.random();
        for (int i = 0; i < 100; i++) {
            logs.append(OWNER, id, LogLevel.INFO, "l", "line " + i, Map.of());
        }
        logs.append(OWNER, quiet, LogLevel.INFO, "l", "heard", Map.of());
        assertThat(logs.read(OWNER, quiet, query(false, 10, LogLevel.DEBUG, ""))).hasSize(1);
    }

    @Test
    void theEndOfASandboxThatNobodyHeardOfLeavesNothing() {
        logs.appendLast(OWNER, id, LogLevel.ERROR, "sandbox", "could not be made", Map.of());
        assertThat(read()).isEmpty();
        assertThat(root.resolve(OWNER)).doesNotExist();
    }

    @Test
    void aDiskThatTakesNothingCostsTheLinesOnly() throws IOException {
        Files.writeString(root.resolve(OWNER), "in the way");
        logs.append(OWNER, id, LogLevel.INFO, "l", "lost", Map.of());
        assertThat(read()).isEmpty();
        Files.delete(root.resolve(OWNER));
        logs.append(OWNER, id, LogLevel.INFO, "l", "kept", Map.of());
        assertThat(read()).extracting(LogEntry::message).containsExactly("kept");
    }

    @Test
    void theNextServerReadsWhatTheLastOneWrote() {
        logs.append(OWNER, id, LogLevel.INFO, "l", "before", Map.of());
        logs.close();
        logs = open(HistoryConfig.defaults().logs());
        logs.append(OWNER, id, LogLevel.INFO, "l", "after", Map.of());
        assertThat(read()).extracting(LogEntry::message).containsExactly("before", "after");
    }

    private LogStore open(HistoryConfig.Logs config) {
        var usual = HistoryConfig.defaults();
        return new LogStore(
                new HistoryFolder(root),
                new HistoryConfig(
                        usual.sampleEvery(), usual.tick(), usual.keep(), usual.keepTeams(), 0, config, usual.sweeping()),
                new Room(root, 0), clock);
    }

    private Path log() {
        return new HistoryFolder(root).log(OWNER, id);
    }

    private List<LogEntry> read() {
        return logs.read(OWNER, id, query(false, Integer.MAX_VALUE, LogLevel.DEBUG, ""));
    }

    private List<String> messages(LogQuery query) {
        return logs.read(OWNER, id, query).stream().map(LogEntry::message).toList();
    }

    private static LogQuery query(boolean newestFirst, int limit, LogLevel least, String search) {
        return new LogQuery(Instant.EPOCH, Instant.MAX, newestFirst, limit, least, search);
    }
}
