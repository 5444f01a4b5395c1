package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Builds a payload from the types of {@code guest-agent/PROTOCOL.md} §1. */
final class PayloadWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    PayloadWriter u8(int value) {
        out.write(value);
        return this;
    }

    PayloadWriter u16(int value) {
        out.write(value >>> 8);
        out.write(value);
        return this;
    }

    PayloadWriter u32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        return this;
    }

    PayloadWriter u64(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    PayloadWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    PayloadWriter bytes(byte[] value) {
        u32(value.length);
        out.writeBytes(value);
        return this;
    }

    /** @throws GuestException {@code INVALID} for a text with a zero byte, which no name in the guest can have */
    PayloadWriter str(String value) {
        if (value.indexOf(0) >= 0) {
            throw new GuestException(Category.INVALID, "'" + value.replace('\0', '?') + "' has a zero byte, which the guest cannot take");
        }
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    PayloadWriter time(Instant value) {
        return u64(value.getEpochSecond()).u32(value.getNano());
    }

    <T> PayloadWriter optional(Optional<T> value, BiConsumer<PayloadWriter, T> item) {
        bool(value.isPresent());
        value.ifPresent(present -> item.accept(this, present));
        return this;
    }

    PayloadWriter list(Collection<String> values) {
        u32(values.size());
        values.forEach(this::str);
        return this;
    }

    PayloadWriter map(Map<String, String> values) {
        u32(values.size());
        values.forEach((key, value) -> str(key).str(value));
        return this;
    }

    /** @throws GuestException {@code INVALID} when it does not fit into a message */
    Message message(FrameType type) {
        if (out.size() > Message.LARGEST) {
            throw new GuestException(
                    Category.INVALID,
                    "the request is too large for the guest: %d bytes, at most %d".formatted(out.size(), Message.LARGEST));
        }
        return new Message(type, out.toByteArray());
    }
}
