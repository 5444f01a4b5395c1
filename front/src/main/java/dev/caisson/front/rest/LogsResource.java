package dev.caisson.front.rest;

import dev.caisson.control.SandboxHistory;
import dev.caisson.control.Team;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.PathParameters;
import dev.caisson.http.Query;
import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import dev.caisson.node.LogQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The logs of sandboxes, old and new form ({@code contract/rest-api.md} §3.1, §10.2). */
final class LogsResource {
    /** Unless fewer are asked for, and never more. */
    private static final int LIMIT = 1000;
    private static final int LONGEST_SEARCH = 256;
    /** The end of the year 9999. */
    private static final long LATEST_MILLI = 253_402_300_799_999L;

    private final SandboxHistory history;

    LogsResource(SandboxHistory history) {
        this.history = history;
    }

    /** {@code line} is JSON text, which the command-line client parses (trap 66). */
    record Line(Instant timestamp, String line) {
        static Line of(LogEntry entry) {
            var members = members(entry);
            members.put("level", levelOf(entry));
            members.put("message", entry.message());
            return new Line(entry.at(), new String(Json.bytes(members), StandardCharsets.UTF_8));
        }
    }

    record Entry(Instant timestamp, String message, String level, Map<String, String> fields) {
        static Entry of(LogEntry entry) {
            return new Entry(entry.at(), entry.message(), levelOf(entry), members(entry));
        }
    }

    record OldAnswer(List<Line> logs, List<Entry> logEntries) {}

    record Answer(List<Entry> logs) {}

    /** Oldest first, from a moment on. A higher limit is no error here, and gives no more lines either. */
    void old(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        var entries = history.logs(team, path.get("id"), new LogQuery(
                moment(query, "start").orElse(Instant.EPOCH), Instant.MAX, false,
                Math.min(LIMIT, limit(query, Integer.MAX_VALUE)), LogLevel.DEBUG, ""));
        Json.send(exchange, 200, new OldAnswer(
                entries.stream().map(Line::of).toList(), entries.stream().map(Entry::of).toList()));
    }

    /** Forward from the cursor on, or backward from before it. */
    void get(Team team, Exchange exchange, PathParameters path) throws IOException {
        var query = Query.of(exchange);
        var newestFirst = newestFirst(query);
        var cursor = moment(query, "cursor");
        var entries = history.logs(team, path.get("id"), new LogQuery(
                newestFirst ? Instant.EPOCH : cursor.orElse(Instant.EPOCH),
                newestFirst ? cursor.orElse(Instant.MAX) : Instant.MAX,
                newestFirst, limit(query, LIMIT), least(query), search(query)));
        Json.send(exchange, 200, new Answer(entries.stream().map(Entry::of).toList()));
    }

    private static boolean newestFirst(Query query) {
        return switch (query.first("direction").orElse("")) {
            case "", "backward" -> true;
            case "forward" -> false;
            default -> throw HttpException.validation("parameter \"direction\" must be 'forward' or 'backward'");
        };
    }

    private static LogLevel least(Query query) {
        var text = query.first("level").orElse("");
        if (text.isEmpty()) {
            return LogLevel.DEBUG;
        }
        return Arrays.stream(LogLevel.values())
                .filter(level -> name(level).equals(text))
                .findFirst()
                .orElseThrow(() -> HttpException.validation(
                        "parameter \"level\" must be 'debug', 'info', 'warn' or 'error', not '" + text + "'"));
    }

    private static String search(Query query) {
        var text = query.first("search").orElse("");
        if (text.codePointCount(0, text.length()) > LONGEST_SEARCH) {
            throw HttpException.validation("parameter \"search\" must have at most " + LONGEST_SEARCH + " characters");
        }
        return text;
    }

    private static int limit(Query query, int most) {
        return query.number("limit", 0, most).orElse((long) LIMIT).intValue();
    }

    private static Optional<Instant> moment(Query query, String name) {
        return query.number(name, 0, LATEST_MILLI).map(Instant::ofEpochMilli);
    }

    /** Everything but level and message. */
    private static Map<String, String> members(LogEntry entry) {
        var members = new TreeMap<>(entry.fields());
        members.put("timestamp", entry.at().toString());
        members.put("logger", entry.logger());
        return members;
    }

    private static String levelOf(LogEntry entry) {
        return name(entry.level());
    }

    private static String name(LogLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
