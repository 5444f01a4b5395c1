package dev.caisson.guest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a payload apart ({@code guest-agent/PROTOCOL.md} §1). The guest is not trusted: no count or length makes it reserve
 * more memory than the payload itself has bytes, and every breach is a {@link MalformedException}. Bytes that follow the
 * last field read are left alone.
 */
final class PayloadReader {
    /** What fits into a timestamp of every format that answers are put into: the years 1 to 9999. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private final ByteBuffer data;

    PayloadReader(byte[] payload) {
        this(ByteBuffer.wrap(payload));
    }

    private PayloadReader(ByteBuffer data) {
        this.data = data;
    }

    /** Reads one item of a list or an optional one. */
    @FunctionalInterface
    interface Item<T> {
        T read(PayloadReader from) throws MalformedException;
    }

    int u8() throws MalformedException {
        return need(1).get() & 0xff;
    }

    int u16() throws MalformedException {
        return need(2).getShort() & 0xffff;
    }

    int i32() throws MalformedException {
        return need(4).getInt();
    }

    /** A u32 that is a process id, a count or the like: never above {@link Integer#MAX_VALUE}. */
    int u31() throws MalformedException {
        var value = i32();
        if (value < 0) {
            throw new MalformedException("the number " + (value & 0xffff_ffffL) + " is too large");
        }
        return value;
    }

    long i64() throws MalformedException {
        return need(8).getLong();
    }

    /** A u64 that is a size: what is beyond {@link Long#MAX_VALUE} becomes that. */
    long u63() throws MalformedException {
        var value = i64();
        return value < 0 ? Long.MAX_VALUE : value;
    }

    boolean bool() throws MalformedException {
        var value = u8();
        if (value > 1) {
            throw new MalformedException("a truth value of " + value);
        }
        return value == 1;
    }

    byte[] fixed(int length) throws MalformedException {
        var bytes = new byte[length];
        need(length).get(bytes);
        return bytes;
    }

    byte[] bytes() throws MalformedException {
        return fixed(length());
    }

    /** Everything that is left. */
    byte[] rest() throws MalformedException {
        return fixed(data.remaining());
    }

    /** Bytes that are not UTF-8 become U+FFFD. */
    String str() throws MalformedException {
        var length = length();
        var text = new String(data.array(), data.arrayOffset() + data.position(), length, StandardCharsets.UTF_8);
        data.position(data.position() + length);
        return text;
    }

    Instant time() throws MalformedException {
        var seconds = i64();
        var nanos = i32();
        if (nanos < 0 || nanos > 999_999_999) {
            throw new MalformedException(nanos + " nanoseconds in a second");
        }
        if (seconds < EARLIEST.getEpochSecond()) {
            return EARLIEST;
        }
        return seconds > LATEST.getEpochSecond() ? LATEST : Instant.ofEpochSecond(seconds, nanos);
    }

    <T> Optional<T> optional(Item<T> item) throws MalformedException {
        return bool() ? Optional.of(item.read(this)) : Optional.empty();
    }

    <T> List<T> list(Item<T> item) throws MalformedException {
        var items = new ArrayList<T>();
        for (var left = length(); left > 0; left--) {
            items.add(item.read(this));
        }
        return items;
    }

    /** Of equal keys the last one counts. */
    Map<String, String> map() throws MalformedException {
        var map = new HashMap<String, String>();
        for (var left = length(); left > 0; left--) {
            map.put(str(), str());
        }
        return map;
    }

    /** A part with its own length, so that fields which a later version adds to it are skipped. */
    PayloadReader part() throws MalformedException {
        var length = length();
        var part = new PayloadReader(data.slice(data.position(), length));
        data.position(data.position() + length);
        return part;
    }

    /** A u32 of bytes that follow, or of items of at least one byte each. */
    private int length() throws MalformedException {
        var length = i32();
        if (length < 0 || length > data.remaining()) {
            throw new MalformedException((length & 0xffff_ffffL) + " announced where " + data.remaining() + " bytes are left");
        }
        return length;
    }

    private ByteBuffer need(int bytes) throws MalformedException {
        if (data.remaining() < bytes) {
            throw new MalformedException("it ends " + (bytes - data.remaining()) + " bytes too early");
        }
        return data;
    }
}
