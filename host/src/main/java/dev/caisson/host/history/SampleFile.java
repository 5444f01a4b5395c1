package dev.caisson.host.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
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
    /** So many damaged records are looked past for a good one when a moment is searched. */
    private static final int LOOKED_PAST = 128;

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

    /**
     * Gives every good sample at {@code from} or later and before {@code until}, oldest first, for as long as {@code reader} wants
     * more. Where the clock was set meanwhile, some of the samples around may be given as well, or not.
     */
    void read(Instant from, Instant until, Predicate<T> reader) throws IOException {
        eachPart(channel -> read(channel, search(channel, from).first(), search(channel, until).end(), reader));
    }

    private interface PartReader {
        /** Returns whether the next part is wanted as well. */
        boolean read(FileChannel channel) throws IOException;
    }

    private void eachPart(PartReader reader) throws IOException {
        for (var part : List.of(HistoryFolder.older(file), file)) {
            try (var channel = FileChannel.open(part, StandardOpenOption.READ)) {
                if (!reader.read(channel)) {
                    return;
                }
            } catch (NoSuchFileException e) {
                continue;
            }
        }
    }

    /** Good records before {@code first} are earlier than a moment, those from {@code end} on are not; those between may be. */
    private record Between(long first, long end) {}

    /** Bisects. Records between are left only where damaged ones are. */
    private Between search(FileChannel channel, Instant moment) throws IOException {
        long first = 0;
        long end = records(channel);
        while (first < end) {
            long middle = (first + end) >>> 1;
            var good = firstGood(channel, middle, Math.min(end, middle + LOOKED_PAST));
            if (good.isEmpty()) {
                break;
            }
            if (form.at().apply(good.getFirst()).isBefore(moment)) {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        return new Between(first, end);
    }

    /** One sample, or none if all records are damaged. */
    private List<T> firstGood(FileChannel channel, long first, long end) throws IOException {
        var found = new ArrayList<T>(1);
        read(channel, first, end, sample -> {
            found.add(sample);
            return false;
        });
        return found;
    }

    private long records(FileChannel channel) throws IOException {
        return channel.size() / bytes;
    }

    private boolean read(FileChannel channel, long first, long end, Predicate<T> reader) throws IOException {
        var buffer = ByteBuffer.allocate(bytes * (int) Math.clamp(end - first, 0, RECORDS_AT_ONCE));
        for (long next = first; next < end; next += RECORDS_AT_ONCE) {
            buffer.clear().limit(bytes * (int) Math.min(end - next, RECORDS_AT_ONCE));
            fill(buffer, channel, next * bytes);
            while (buffer.remaining() >= bytes) {
                var sample = parse(buffer.slice(buffer.position(), bytes));
                buffer.position(buffer.position() + bytes);
                if (sample.isPresent() && !reader.test(sample.get())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Less than was wanted if the file ends before. */
    private static void fill(ByteBuffer buffer, FileChannel channel, long from) throws IOException {
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            continue;
        }
        buffer.flip();
    }

    private Optional<T> parse(ByteBuffer record) {
        var content = record.slice(0, form.bytes());
        return checksum(content.duplicate()) == record.getInt(form.bytes()) ? Optional.of(form.reader().apply(content)) : Optional.empty();
    }

    /** The first good sample. */
    Optional<T> first() throws IOException {
        var found = new ArrayList<T>(1);
        eachPart(channel -> {
            found.addAll(firstGood(channel, 0, records(channel)));
            return found.isEmpty();
        });
        return found.stream().findFirst();
    }

    /** The last good sample. */
    Optional<T> last() throws IOException {
        var tail = new ArrayList<T>(TAIL);
        eachPart(channel -> read(channel, Math.max(0, records(channel) - TAIL), records(channel), tail::add));
        return tail.reversed().stream().findFirst();
    }
}
