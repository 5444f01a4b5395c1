package dev.caisson.envd.connect;

import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Optional;

/** Takes one call from the bytes of its request to the bytes of its answer. Immutable. */
final class CallRunner<C> {
    private final MessageMemory memory;
    private final Alarms alarms;

    CallRunner(MessageMemory memory, Alarms alarms) {
        this.memory = memory;
        this.alarms = alarms;
    }

    <I extends Message, O extends Message> void unary(
            ConnectMethod.Unary<C, I, O> method, Call<C> call, ContentType type, UnaryAnswer answer) throws IOException {
        try (var reader = unaryReader(call)) {
            answer.succeed(interruptibly(call, () -> method.handler().handle(call, body(call, reader, type, method.prototype()))));
        }
    }

    <I extends Message, E extends Message> void listing(
            ConnectMethod.Listing<C, I, E> method, Call<C> call, ContentType type, ListingAnswer answer) throws IOException {
        try (var reader = unaryReader(call)) {
            interruptibly(call, () -> {
                method.handler().handle(call, body(call, reader, type, method.prototype()), answer::add);
                return answer;
            });
        }
        answer.succeed();
    }

    <I extends Message, O extends Message> void serverStream(
            ConnectMethod.ServerStream<C, I, O> method, Call<C> call, ContentType type, StreamAnswer answer)
            throws IOException {
        I request;
        try (var reader = streamReader(call)) {
            request = interruptibly(call, () -> only(new Incoming<>(reader, type.codec(), method.prototype())));
        }
        method.handler().handle(call, request, answer::send);
        answer.succeed();
    }

    <I extends Message, O extends Message> void clientStream(
            ConnectMethod.ClientStream<C, I, O> method, Call<C> call, ContentType type, StreamAnswer answer)
            throws IOException {
        try (var reader = streamReader(call)) {
            var incoming = new Incoming<>(reader, type.codec(), method.prototype());
            answer.send(interruptibly(call, () -> method.handler().handle(call, incoming)));
        }
        answer.succeed();
    }

    private MessageReader unaryReader(Call<C> call) throws IOException {
        var compression = Compression.of(call.exchange().header("Content-Encoding"));
        return new MessageReader(call.exchange().body(), compression, memory, alarms);
    }

    private MessageReader streamReader(Call<C> call) throws IOException {
        var compression = Compression.of(call.exchange().header("Connect-Content-Encoding"));
        return new MessageReader(call.exchange().body(), compression, memory, alarms);
    }

    private static <C, I extends Message> I body(Call<C> call, MessageReader reader, ContentType type, I prototype)
            throws IOException {
        return type.codec().decode(reader.body(call.exchange().contentLength()), prototype);
    }

    /** The request of a server stream, which is one message; reading to the end also lets a leaving client be noticed. */
    private static <I> I only(ConnectMethod.Requests<I> requests) throws IOException {
        var first = requests.next();
        if (first.isEmpty()) {
            throw new ConnectFailure(ConnectCode.UNIMPLEMENTED, "the call takes one message and got none");
        }
        if (requests.next().isPresent()) {
            throw new ConnectFailure(ConnectCode.UNIMPLEMENTED, "the call takes one message and got more");
        }
        return first.get();
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T interruptibly(Call<C> call, Work<T> work) throws IOException {
        var interruption = Interruption.watch(call.exchange(), call.deadline(), alarms);
        try {
            return work.run();
        } catch (IOException | RuntimeException e) {
            if (interruption.stop() && call.deadline().passed()) {
                throw ConnectFailure.deadline();
            }
            throw e;
        } finally {
            interruption.stop();
        }
    }

    /** The messages of a stream's body. */
    private static final class Incoming<I extends Message> implements ConnectMethod.Requests<I> {
        private final EnvelopeReader envelopes;
        private final Codec codec;
        private final I prototype;

        Incoming(MessageReader reader, Codec codec, I prototype) {
            this.envelopes = new EnvelopeReader(reader);
            this.codec = codec;
            this.prototype = prototype;
        }

        @Override
        public Optional<I> next() throws IOException {
            return envelopes.next().map(message -> codec.decode(message, prototype));
        }
    }
}
