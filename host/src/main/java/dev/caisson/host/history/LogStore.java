package dev.caisson.host.history;

import dev.caisson.base.SandboxId;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import dev.caisson.node.LogQuery;
import dev.caisson.node.SandboxLogs;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logs of all sandboxes. Lines wait in a bounded queue for the one thread that writes them. Safe for use by many threads. */
final class LogStore implements SandboxLogs, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);
    private static final Duration CATCH_UP = Duration.ofSeconds(10);
    private static final int SLACK = 64;

    private final HistoryFolder folder;
    private final HistoryConfig config;
    private final InstantSource clock;
    private final LogWriter writer;
    /** A log is read whole, which takes as much memory. */
    private final Readers readers = new Readers("logs", CATCH_UP);
    private final Map<SandboxId, LineRate> rates = new ConcurrentHashMap<>();

    LogStore(HistoryFolder folder, HistoryConfig config, Room room, InstantSource clock) {
        this.folder = folder;
        this.config = config;
        this.clock = clock;
        this.writer = new LogWriter(folder, config.logs(), room);
    }

    @Override
    public void append(String owner, SandboxId id, LogLevel level, String logger, String message, Map<String, String> fields) {
        var rate = rates.computeIfAbsent(id, key -> new LineRate(config.logs(), System.nanoTime()));
        if (rate.take(System.nanoTime())) {
            noteDropped(owner, id, rate);
            if (!writer.offer(line(owner, id, false, level, logger, message, fields))) {
                rate.drop();
            }
        }
    }

    /** The last line of a sandbox; of one that nobody ever heard of nothing is written. */
    void appendLast(String owner, SandboxId id, LogLevel level, String logger, String message, Map<String, String> fields) {
        var rate = rates.remove(id);
        if (rate != null) {
            noteDropped(owner, id, rate);
        }
        writer.offer(line(owner, id, true, level, logger, message, fields));
    }

    /** Of other sandboxes it need not be known how much they wrote; lines of some came after their end. */
    void forgetAllBut(Set<SandboxId> running) {
        if (rates.size() > running.size() + SLACK) {
            rates.keySet().retainAll(running);
        }
    }

    private void noteDropped(String owner, SandboxId id, LineRate rate) {
        var dropped = rate.takeDropped();
        if (dropped > 0) {
            writer.offer(line(
                    owner, id, false, LogLevel.WARN, "caisson", dropped + " lines were dropped here: they came faster than they are kept",
                    Map.of("dropped_lines", Long.toString(dropped))));
        }
    }

    private LogWriter.Line line(
            String owner, SandboxId id, boolean onlyIfKnown, LogLevel level, String logger, String message, Map<String, String> fields) {
        // Finer moments than microseconds are cut off by clients.
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return new LogWriter.Line(owner, id, onlyIfKnown, new LogEntry(now, level, logger, message, fields));
    }

    @Override
    public List<LogEntry> read(String owner, SandboxId id, LogQuery query) {
        writer.awaitWritten(CATCH_UP);
        readers.takeTurn();
        var oldest = clock.instant().minus(config.keep());
        try {
            return new LogFile(folder.log(owner, id), config.logs().fileBytes()).read(new LogQuery(
                    query.from().isBefore(oldest) ? oldest : query.from(),
                    query.until(), query.newestFirst(), query.limit(), query.least(), query.search()));
        } catch (IOException e) {
            LOG.warn("the log of sandbox {} could not be read: {}", id, e.toString());
            return List.of();
        } finally {
            readers.done();
        }
    }

    /** Writes what waits. */
    @Override
    public void close() {
        writer.close();
    }
}
