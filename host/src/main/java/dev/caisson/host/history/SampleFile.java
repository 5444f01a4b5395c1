package dev.caisson.host.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * Samples of one kind in a file, oldest first, each with a checksum. A full file becomes the older half; the one before is
 * dropped. Appended to by one thread at a time; read by any, at any time.
 *
 * <p>Half a record at the end, as a full disk or a power cut leaves it, is written over by the next one. Records that are
 * damaged are skipped.
 */
final class SampleFile<T> {
    private static final int CHECKSUM = 4;
    private static final int RECORDS_AT_ONCE = 1024;
    /** So many damaged records at the end are looked past for the last good one. */
    private static final int TAIL = 16;

    private final Path file;
    private final SampleForm<T> form;
    private final long most;
    private final int bytes;

    /** @param most records in each of the two files */
    SampleFile(Path file, SampleForm<T> form, long most) {
        this.file = file;
        this.form = form;
        this.most = most;
        this.bytes = form.bytes() + CHECKSUM;
    }

    void append(T sample) throws IOException {
        try {
            appendToExisting(sample);
        } catch (NoSuchFileException e) {
            HistoryFolder.makeFor(file);
            appendToExisting(sample);
        }
    }

    private void appendToExisting(T sample) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long records = channel.size() / bytes;
            if (records < most) {
                channel.write(record(sample), records * bytes);
                return;
            }
        }
        Files.move(file, HistoryFolder.older(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        appendToExisting(sample);
    }

    private ByteBuffer record(T sample) {
        var record = ByteBuffer.allocate(bytes);
        form.writer().write(sample, record);
        return record.putInt(checksum(record.duplicate().flip())).flip();
    }

    private static int checksum(ByteBuffer content) {
        var checksum = new CRC32C();
        checksum.update(content);
        return (int) checksum.getValue();
    }

    /** Gives every good sample, oldest first, for as long as {@code reader} wants more. */
    void read(Predicate<T> reader) throws IOException {
        for (var part : List.of(HistoryFolder.older(file), file)) {
            try (var channel = FileChannel.open(part, StandardOpenOption.READ)) {
                if (!read(channel, 0, reader)) {
                    return;
                }
            } catch (NoSuchFileException e) {
                continue;
            }
        }
    }

    private boolean read(FileChannel channel, long from, Predicate<T> reader) throws IOException {
        var buffer = ByteBuffer.allocate(bytes * RECORDS_AT_ONCE);
        channel.position(from);
        while (channel.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.remaining() >= bytes) {
                var sample = parse(buffer.slice(buffer.position(), bytes));
                buffer.position(buffer.position() + bytes);
                if (sample.isPresent() && !reader.test(sample.get())) {
                    return false;
                }
            }
            buffer.compact();
        }
        return true;
    }

    private Optional<T> parse(ByteBuffer record) {
        var content = record.slice(0, form.bytes());
        return checksum(content.duplicate()) == record.getInt(form.bytes()) ? Optional.of(form.reader().apply(content)) : Optional.empty();
    }

    /** The first good sample. */
    Optional<T> first() throws IOException {
        var found = new ArrayList<T>(1);
        read(sample -> {
            found.add(sample);
            return false;
        });
        return found.stream().findFirst();
    }

    /** The last good sample. */
    Optional<T> last() throws IOException {
        var tail = new ArrayList<T>(TAIL);
        for (var part : List.of(HistoryFolder.older(file), file)) {
            try (var channel = FileChannel.open(part, StandardOpenOption.READ)) {
                read(channel, Math.max(0, channel.size() / bytes - TAIL) * bytes, tail::add);
            } catch (NoSuchFileException e) {
                continue;
            }
        }
        return tail.reversed().stream().findFirst();
    }
}
