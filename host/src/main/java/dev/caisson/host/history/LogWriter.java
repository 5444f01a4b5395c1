package dev.caisson.host.history;

import dev.caisson.base.SandboxId;
import dev.caisson.node.LogEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that writes lines of logs, and the queue before it. Safe for use by many threads. */
final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final int LINES_AT_ONCE = 1000;
    /** What a line takes beside its texts, roughly. */
    private static final int OVERHEAD = 200;

    /**
     * What waits is cut already, so that long texts do not take the queue away from others.
     *
     * @param onlyIfKnown not to be written where the sandbox has left nothing yet
     */
    record Line(String owner, SandboxId id, boolean onlyIfKnown, LogEntry entry) {
        Line {
            entry = LogFormat.cut(entry);
        }

        long size() {
            long size = OVERHEAD + entry.message().length();
            for (var field : entry.fields().entrySet()) {
                size += OVERHEAD + field.getKey().length() + field.getValue().length();
            }
            return size;
        }
    }

    private final HistoryFolder folder;
    private final HistoryConfig.Logs config;
    private final Room room;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Line> waiting = new ArrayDeque<>();
    private final Thread thread;
    private long waitingBytes;
    private long offered;
    private long written;
    private boolean closed;
    private boolean failing;

    LogWriter(HistoryFolder folder, HistoryConfig.Logs config, Room room) {
        this.folder = folder;
        this.config = config;
        this.room = room;
        this.thread = Thread.ofPlatform().daemon().name("caisson-sandbox-logs").start(this::run);
    }

    /** Returns false if too much waits already; the line is dropped then. */
    boolean offer(Line line) {
        lock.lock();
        try {
            var size = line.size();
            if (closed || waitingBytes + size > config.waitingBytes()) {
                return false;
            }
            waiting.add(line);
            waitingBytes += size;
            offered++;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until what was offered before is in its files, or for as long as there is patience. */
    void awaitWritten(Duration patience) {
        var left = patience.toNanos();
        lock.lock();
        try {
            var goal = offered;
            while (written < goal && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        var batch = take();
        while (!batch.isEmpty()) {
            write(batch);
            done(batch.size());
            batch = take();
        }
    }

    /** The next lines; none when this is closed. */
    private List<Line> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            var batch = new ArrayList<Line>();
            while (!waiting.isEmpty() && batch.size() < LINES_AT_ONCE) {
                var line = waiting.remove();
                waitingBytes -= line.size();
                batch.add(line);
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void done(int lines) {
        lock.lock();
        try {
            written += lines;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void write(List<Line> batch) {
        var files = new LinkedHashMap<SandboxId, List<Line>>();
        batch.forEach(line -> files.computeIfAbsent(line.id(), id -> new ArrayList<>()).add(line));
        if (!room.enough()) {
            return;
        }
        for (var lines : files.values()) {
            try {
                writeFile(lines);
            } catch (RuntimeException e) {
                // A defect must not end the logs of all sandboxes; it is told and the next lines are tried.
                LOG.error("lines of the log of sandbox {} could not be written", lines.getFirst().id(), e);
            }
        }
    }

    private void writeFile(List<Line> lines) {
        var first = lines.getFirst();
        if (first.onlyIfKnown() && !Files.exists(folder.sandbox(first.owner(), first.id()))) {
            return;
        }
        var text = new ByteArrayOutputStream();
        lines.forEach(line -> text.writeBytes(LogFormat.line(line.entry())));
        try {
            new LogFile(folder.log(first.owner(), first.id()), config.fileBytes()).append(text.toByteArray());
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("logs of sandboxes cannot be written and are dropped until that is mended: {}", e.toString());
            }
            failing = true;
        }
    }

    /** Writes what waits and ends the thread. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
