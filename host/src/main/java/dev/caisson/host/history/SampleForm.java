package dev.caisson.host.history;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * How samples of one kind are written and put together.
 *
 * @param bytes of a record's content, its checksum not included; always the same
 * @param highest the larger of every figure of two samples, at the first one's moment
 */
record SampleForm<T>(
        int bytes, Writer<T> writer, Function<ByteBuffer, T> reader, Function<T, Instant> at, BinaryOperator<T> highest) {

    /** Puts a sample into a buffer. */
    interface Writer<T> {
        void write(T sample, ByteBuffer into);
    }
}
