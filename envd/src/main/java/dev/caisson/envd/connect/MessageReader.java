package dev.caisson.envd.connect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;

/** Reads messages of one call whole into memory, within its share. Used by one thread. */
final class MessageReader implements AutoCloseable {
    /** Whoever holds memory that others wait for has to send. */
    private static final Duration ARRIVAL = Duration.ofSeconds(60);

    private static final int GUESS_BYTES = 8192;

    private final InputStream in;
    private final Compression compression;
    private final MessageMemory.Share memory;
    private final Alarms alarms;
    private final int maxBytes;

    MessageReader(InputStream in, Compression compression, MessageMemory memory, Alarms alarms) {
        this.in = in;
        this.compression = compression;
        this.memory = memory.share();
        this.alarms = alarms;
        this.maxBytes = memory.maxMessageBytes();
    }

    /** Bytes that belong to no message, fewer only at the end of the body. */
    byte[] head(int length) throws IOException {
        return in.readNBytes(length);
    }

    /**
     * A message of this length.
     *
     * @param packed whether it is compressed
     * @throws ConnectFailure {@code resource_exhausted} if it is too long, {@code invalid_argument} if the body ends before
     */
    byte[] message(long length, boolean packed) throws IOException {
        if (length > maxBytes) {
            throw memory.tooLong(length);
        }
        memory.require(packed ? maxBytes : length);
        var bytes = arriving((int) length);
        if (bytes.length < length) {
            throw ConnectFailure.invalid("a message promised " + length + " bytes and had " + bytes.length);
        }
        return packed ? unpacked(bytes) : bytes;
    }

    /** The whole body, which is one message. */
    byte[] body(OptionalLong contentLength) throws IOException {
        var packed = compression == Compression.GZIP;
        if (contentLength.isPresent()) {
            return message(contentLength.getAsLong(), packed);
        }
        var beginning = in.readNBytes(GUESS_BYTES);
        if (beginning.length < GUESS_BYTES && !packed) {
            return beginning;
        }
        memory.require(maxBytes);
        var rest = arriving(maxBytes - beginning.length + 1);
        var whole = Arrays.copyOf(beginning, beginning.length + rest.length);
        System.arraycopy(rest, 0, whole, beginning.length, rest.length);
        if (whole.length > maxBytes) {
            throw memory.tooLong(whole.length);
        }
        return packed ? unpacked(whole) : whole;
    }

    boolean compressed() {
        return compression == Compression.GZIP;
    }

    /** The last message is not needed any more. */
    @Override
    public void close() {
        memory.close();
    }

    private byte[] arriving(int length) throws IOException {
        if (!memory.isLarge()) {
            return in.readNBytes(length);
        }
        var late = Interruption.at(Deadline.after(ARRIVAL), alarms);
        try {
            return in.readNBytes(length);
        } catch (IOException | RuntimeException e) {
            if (late.stop()) {
                throw new ConnectFailure(
                        ConnectCode.RESOURCE_EXHAUSTED, "a large message has to arrive within " + ARRIVAL.toSeconds() + " s", e);
            }
            throw e;
        } finally {
            late.stop();
        }
    }

    /** Bounded, because a few kilobytes can unpack to gigabytes. */
    private byte[] unpacked(byte[] message) {
        if (message.length == 0) {
            return message;
        }
        try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(message))) {
            var bytes = plain.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw memory.tooLong(bytes.length);
            }
            return bytes;
        } catch (IOException e) {
            throw new ConnectFailure(ConnectCode.INVALID_ARGUMENT, "the message is not valid gzip: " + e.getMessage(), e);
        }
    }
}
