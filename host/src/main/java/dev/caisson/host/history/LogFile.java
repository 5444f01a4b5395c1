package dev.caisson.host.history;

import dev.caisson.node.LogEntry;
import dev.caisson.node.LogQuery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The log of one sandbox: lines, oldest first. A full file becomes the older half; the one before is dropped. Appended to by
 * one thread at a time; read by any, at any time. Lines that are torn or damaged are skipped.
 */
final class LogFile {
    private final Path file;
    private final long mostBytes;

    /** @param mostBytes of each of the two files, give or take a line */
    LogFile(Path file, long mostBytes) {
        this.file = file;
        this.mostBytes = mostBytes;
    }

    /** @param lines whole ones */
    void append(byte[] lines) throws IOException {
        try {
            appendToExisting(lines);
        } catch (NoSuchFileException e) {
            HistoryFolder.makeFor(file);
            appendToExisting(lines);
        }
    }

    private void appendToExisting(byte[] lines) throws IOException {
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < mostBytes) {
                if (size > 0 && !endsWhole(channel, size)) {
                    size += channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
                }
                write(channel, lines, size);
                return;
            }
        }
        Files.move(file, HistoryFolder.older(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        appendToExisting(lines);
    }

    private static boolean endsWhole(FileChannel channel, long size) throws IOException {
        var last = ByteBuffer.allocate(1);
        return channel.read(last, size - 1) == 1 && last.get(0) == '\n';
    }

    private static void write(FileChannel channel, byte[] lines, long at) throws IOException {
        var rest = ByteBuffer.wrap(lines);
        while (rest.hasRemaining()) {
            channel.write(rest, at + rest.position());
        }
    }

    List<LogEntry> read(LogQuery query) throws IOException {
        var parts = List.of(HistoryFolder.older(file), file);
        var found = new ArrayList<LogEntry>();
        for (var part : query.newestFirst() ? parts.reversed() : parts) {
            readPart(part, query, found);
        }
        var order = Comparator.comparing(LogEntry::at);
        // Lines that were written at the same time by several may be out of place by some microseconds.
        found.sort(query.newestFirst() ? order.reversed() : order);
        return List.copyOf(found);
    }

    private static void readPart(Path part, LogQuery query, List<LogEntry> found) throws IOException {
        try {
            var text = Files.readAllBytes(part);
            if (query.newestFirst()) {
                readBackward(text, query, found);
            } else {
                readForward(text, query, found);
            }
        } catch (NoSuchFileException e) {
            return;
        }
    }

    private static void readForward(byte[] text, LogQuery query, List<LogEntry> found) {
        int from = 0;
        for (int at = 0; at < text.length && found.size() < query.limit(); at++) {
            if (text[at] == '\n') {
                entry(text, from, at, query).ifPresent(found::add);
                from = at + 1;
            }
        }
    }

    private static void readBackward(byte[] text, LogQuery query, List<LogEntry> found) {
        int end = text.length;
        while (end > 0 && text[end - 1] != '\n') {
            end--;
        }
        while (end > 0 && found.size() < query.limit()) {
            int from = end - 1;
            while (from > 0 && text[from - 1] != '\n') {
                from--;
            }
            entry(text, from, end - 1, query).ifPresent(found::add);
            end = from;
        }
    }

    private static Optional<LogEntry> entry(byte[] text, int from, int to, LogQuery query) {
        return LogFormat.moment(text, from, to)
                .filter(at -> !at.isBefore(query.from()) && at.isBefore(query.until()))
                .flatMap(at -> LogFormat.parse(at, text, from, to))
                .filter(entry -> entry.level().compareTo(query.least()) >= 0 && entry.message().contains(query.search()));
    }
}
