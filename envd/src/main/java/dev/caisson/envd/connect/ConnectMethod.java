package dev.caisson.envd.connect;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Optional;

/**
 * One method of a service. Handlers run on the request's virtual thread and may block; they report errors by
 * {@link ConnectFailure} or a {@link dev.caisson.base.CaissonException}.
 *
 * @param <C> as of {@link Call}
 */
public sealed interface ConnectMethod<C> {

    /** {@code /process.Process/List}. */
    String path();

    /** Whether request or answer is a stream of envelopes. */
    default boolean stream() {
        return switch (this) {
            case Unary<C, ?, ?> _, Listing<C, ?, ?> _ -> false;
            case ServerStream<C, ?, ?> _, ClientStream<C, ?, ?> _ -> true;
        };
    }

    /** One message in, one out. The handler is interrupted at the deadline and when the client leaves. */
    record Unary<C, I extends Message, O extends Message>(String path, I prototype, UnaryHandler<C, I, O> handler)
            implements ConnectMethod<C> {}

    /**
     * One message in, one out that is nothing but a list: its elements are sent as they are found, so that the list may be
     * longer than the memory is large. The handler is interrupted like that of {@link Unary}.
     *
     * @param list the field that takes them
     */
    record Listing<C, I extends Message, E extends Message>(
            String path, I prototype, FieldDescriptor list, ServerStreamHandler<C, I, E> handler) implements ConnectMethod<C> {}

    /** One message in, any number out. The handler watches the deadline itself; {@link CallBroken} cuts the answer off. */
    record ServerStream<C, I extends Message, O extends Message>(
            String path, I prototype, ServerStreamHandler<C, I, O> handler) implements ConnectMethod<C> {}

    /** Any number in, one out. The handler is interrupted at the deadline and when the client leaves. */
    record ClientStream<C, I extends Message, O extends Message>(
            String path, I prototype, ClientStreamHandler<C, I, O> handler) implements ConnectMethod<C> {}

    /** Answers a unary call. */
    @FunctionalInterface
    interface UnaryHandler<C, I, O> {
        O handle(Call<C> call, I request);
    }

    /** Answers with any number of messages, whose end is good when this returns. */
    @FunctionalInterface
    interface ServerStreamHandler<C, I, O> {
        void handle(Call<C> call, I request, Responses<O> responses) throws IOException;
    }

    /** Answers a stream. */
    @FunctionalInterface
    interface ClientStreamHandler<C, I, O> {
        O handle(Call<C> call, Requests<I> requests) throws IOException;
    }

    /** Where the messages of an answer go. */
    @FunctionalInterface
    interface Responses<O> {
        /** Sends a message at once; blocks while the client does not read. */
        void send(O message) throws IOException;
    }

    /** Where a stream's messages come from. */
    @FunctionalInterface
    interface Requests<I> {
        /** The next message as it comes; empty when the client has sent its last. */
        Optional<I> next() throws IOException;
    }
}
