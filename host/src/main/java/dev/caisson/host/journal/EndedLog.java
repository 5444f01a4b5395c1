package dev.caisson.host.journal;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.EndRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * How sandboxes ended: the last ones in memory and, one JSON object a line, in a file that is rotated once. Safe for use
 * by many threads.
 *
 * <p>A record that the full disk does not take stays in memory and goes to the file with the next one that it takes.
 */
public final class EndedLog {
    private final Path file;
    private final Path older;
    private final int kept;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<SandboxId, EndRecord> records = new LinkedHashMap<>();
    private final Deque<EndRecord> unwritten = new ArrayDeque<>();
    private int lines;

    /** The file may end in half a line, so the next record begins a new one. */
    private boolean torn = true;

    /**
     * Reads what is there; lines that cannot be read are skipped.
     *
     * @param file {@code <data>/ended.jsonl}; the older half is beside it with {@code .1} at the end
     * @param kept how many records memory and each file hold
     */
    public EndedLog(Path file, int kept) {
        this.file = file;
        this.older = file.resolveSibling(file.getFileName() + ".1");
        this.kept = kept;
        load(older);
        lines = load(file);
    }

    /**
     * Remembers how a sandbox ended; of two records for the same one the first counts.
     *
     * @throws JournalException if the file did not take it; it is remembered all the same
     */
    public void add(EndRecord record) {
        lock.lock();
        try {
            if (remember(record)) {
                unwritten.add(record);
            }
            write();
        } finally {
            lock.unlock();
        }
    }

    /** Newest first. */
    public List<EndRecord> latest() {
        lock.lock();
        try {
            return new ArrayList<>(records.values()).reversed();
        } finally {
            lock.unlock();
        }
    }

    private boolean remember(EndRecord record) {
        var fresh = records.putIfAbsent(record.id(), record) == null;
        while (records.size() > kept) {
            records.pollFirstEntry();
        }
        return fresh;
    }

    private void write() {
        try {
            while (!unwritten.isEmpty()) {
                rotate();
                var line = (torn ? "\n" : "") + JournalFormat.MAPPER.writeValueAsString(unwritten.element()) + "\n";
                torn = true;
                Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                torn = false;
                unwritten.remove();
                lines++;
            }
        } catch (IOException e) {
            while (unwritten.size() > kept) {
                unwritten.remove();
            }
            throw new JournalException(
                    SandboxFolder.full(e) ? Category.EXHAUSTED : Category.INTERNAL,
                    "could not record how sandbox " + unwritten.getLast().id() + " ended: " + e.getMessage(), e);
        }
    }

    private void rotate() throws IOException {
        if (lines >= kept) {
            Files.move(file, older, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            lines = 0;
        }
    }

    /** Returns how many lines the file has. */
    private int load(Path source) {
        try (Stream<String> all = Files.exists(source) ? Files.lines(source) : Stream.empty()) {
            var found = all.toList();
            found.stream().filter(line -> !line.isBlank()).forEach(this::parse);
            return found.size();
        } catch (IOException | UncheckedIOException e) {
            // A log that cannot be read any more is no reason not to start; it is appended to or rotated away.
            return 0;
        }
    }

    private void parse(String line) {
        try {
            remember(JournalFormat.MAPPER.readValue(line, EndRecord.class));
        } catch (JacksonException e) {
            // The last line before a power cut may be half a line.
            return;
        }
    }
}
