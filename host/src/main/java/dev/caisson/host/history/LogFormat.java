package dev.caisson.host.history;

import dev.caisson.node.LogEntry;
import dev.caisson.node.LogLevel;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lines of JSON: {@code timestamp}, {@code level}, {@code logger}, {@code message}, then the fields in the order of their
 * names. The timestamp comes first and always has the same length, so that lines can be chosen by time without being parsed.
 */
final class LogFormat {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final DateTimeFormatter MOMENT = new DateTimeFormatterBuilder().appendInstant(9).toFormatter();
    private static final String HEAD = "{\"timestamp\":\"";
    private static final int MOMENT_LENGTH = "2026-01-31T12:00:00.123456789Z".length();
    private static final int MOST_FIELDS = 32;
    private static final int LONGEST_TEXT = 4096;
    private static final Map<String, LogLevel> LEVELS = Map.of(
            "debug", LogLevel.DEBUG, "info", LogLevel.INFO, "warn", LogLevel.WARN, "error", LogLevel.ERROR);

    private LogFormat() {}

    /** Longer texts and further fields than a line has are cut off. */
    static LogEntry cut(LogEntry entry) {
        var fields = new TreeMap<String, String>();
        new TreeMap<>(entry.fields()).entrySet().stream()
                .limit(MOST_FIELDS)
                .forEach(field -> fields.putIfAbsent(cut(field.getKey()), cut(field.getValue())));
        return new LogEntry(entry.at(), entry.level(), cut(entry.logger()), cut(entry.message()), fields);
    }

    /** A line with its end, of an entry that was cut; at most some 160 KB, most often 300 bytes. */
    static byte[] line(LogEntry entry) {
        var members = new LinkedHashMap<String, String>();
        members.put("timestamp", MOMENT.format(entry.at()));
        members.put("level", level(entry.level()));
        members.put("logger", entry.logger());
        members.put("message", entry.message());
        new TreeMap<>(entry.fields()).forEach(members::putIfAbsent);
        var json = MAPPER.writeValueAsBytes(members);
        var line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    /** Half characters, which no encoding has, become question marks. */
    private static String cut(String text) {
        var part = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
        return new String(part.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** The moment of a line, without looking at the rest of it; empty if it is none. */
    static Optional<Instant> moment(byte[] text, int from, int to) {
        var end = from + HEAD.length() + MOMENT_LENGTH;
        if (end > to || !new String(text, from, HEAD.length(), StandardCharsets.ISO_8859_1).equals(HEAD)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(
                    new String(text, from + HEAD.length(), MOMENT_LENGTH, StandardCharsets.ISO_8859_1)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What a line says; empty if it is torn or damaged. */
    static Optional<LogEntry> parse(Instant at, byte[] text, int from, int to) {
        try {
            if (!(MAPPER.readTree(text, from, to - from) instanceof ObjectNode object)) {
                return Optional.empty();
            }
            var fields = new TreeMap<String, String>();
            object.properties().forEach(member -> fields.put(member.getKey(), member.getValue().asString("")));
            fields.remove("timestamp");
            var level = LEVELS.getOrDefault(removed(fields, "level"), LogLevel.INFO);
            return Optional.of(new LogEntry(at, level, removed(fields, "logger"), removed(fields, "message"), fields));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static String removed(Map<String, String> fields, String name) {
        var value = fields.remove(name);
        return value == null ? "" : value;
    }

    private static String level(LogLevel level) {
        return switch (level) {
            case DEBUG -> "debug";
            case INFO -> "info";
            case WARN -> "warn";
            case ERROR -> "error";
        };
    }
}
