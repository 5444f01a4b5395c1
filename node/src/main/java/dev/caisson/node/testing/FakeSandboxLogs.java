package dev.caisson.node.testing;

import dev.caisson.base.SandboxId;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import dev.caisson.node.LogQuery;
import dev.caisson.node.SandboxLogs;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Logs in memory. Thread-safe. */
public final class FakeSandboxLogs implements SandboxLogs {
    private record Line(String owner, SandboxId id, LogEntry entry) {}

    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final InstantSource clock;

    FakeSandboxLogs(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void append(String owner, SandboxId id, LogLevel level, String logger, String message, Map<String, String> fields) {
        lines.add(new Line(owner, id, new LogEntry(clock.instant(), level, logger, message, fields)));
    }

    @Override
    public List<LogEntry> read(String owner, SandboxId id, LogQuery query) {
        var found = lines.stream()
                .filter(line -> line.owner().equals(owner) && line.id().equals(id))
                .map(Line::entry)
                .filter(entry -> !entry.at().isBefore(query.from()) && entry.at().isBefore(query.until()))
                .filter(entry -> entry.level().compareTo(query.least()) >= 0 && entry.message().contains(query.search()))
                .toList();
        return (query.newestFirst() ? found.reversed() : found).stream().limit(query.limit()).toList();
    }
}
