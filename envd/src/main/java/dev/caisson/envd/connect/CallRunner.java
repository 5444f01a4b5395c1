package dev.caisson.envd.connect;

import com.google.protobuf.Message;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.util.Optional;

/** Takes one call from the bytes of its request to the bytes of its answer. Immutable. */
final class CallRunner<C> {
    private final int maxMessageBytes;
    private final Alarms alarms;

    CallRunner(int maxMessageBytes, Alarms alarms) {
        this.maxMessageBytes = maxMessageBytes;
        this.alarms = alarms;
    }

    <I extends Message, O extends Message> void unary(
            ConnectMethod.Unary<C, I, O> method, Call<C> call, ContentType type, UnaryAnswer answer) throws IOException {
        var compression = Compression.of(call.exchange().header("Content-Encoding"));
        answer.succeed(interruptibly(call, () -> {
            var body = compression.unpack(wholeBody(call.exchange()), maxMessageBytes);
            return method.handler().handle(call, type.codec().decode(body, method.prototype()));
        }));
    }

    void stream(ConnectMethod<C> method, Call<C> call, ContentType type, StreamAnswer answer) throws IOException {
        var compression = Compression.of(call.exchange().header("Connect-Content-Encoding"));
        var envelopes = new EnvelopeReader(call.exchange().body(), maxMessageBytes);
        var incoming = new Incoming(envelopes, compression, type.codec(), maxMessageBytes);
        switch (method) {
            case ConnectMethod.Unary<C, ?, ?> unary ->
                throw new IllegalArgumentException(unary.path() + " is no stream");
            case ConnectMethod.ServerStream<C, ?, ?> server ->
                serverStream(server, call, incoming, answer);
            case ConnectMethod.ClientStream<C, ?, ?> client ->
                clientStream(client, call, incoming, answer);
        }
    }

    private <I extends Message, O extends Message> void serverStream(
            ConnectMethod.ServerStream<C, I, O> method, Call<C> call, Incoming incoming, StreamAnswer answer)
            throws IOException {
        method.handler().handle(call, only(incoming, method.prototype()), answer::send);
        answer.succeed();
    }

    private <I extends Message, O extends Message> void clientStream(
            ConnectMethod.ClientStream<C, I, O> method, Call<C> call, Incoming incoming, StreamAnswer answer)
            throws IOException {
        var reply = interruptibly(call, () -> method.handler().handle(call, () -> incoming.next(method.prototype())));
        answer.send(reply);
        answer.succeed();
    }

    /** The request of a server stream, which is one message; reading to the end also lets a leaving client be noticed. */
    private static <I extends Message> I only(Incoming incoming, I prototype) throws IOException {
        var first = incoming.next(prototype);
        if (first.isEmpty()) {
            throw new ConnectFailure(ConnectCode.UNIMPLEMENTED, "the call takes one message and got none");
        }
        if (incoming.next(prototype).isPresent()) {
            throw new ConnectFailure(ConnectCode.UNIMPLEMENTED, "the call takes one message and got more");
        }
        return first.get();
    }

    private byte[] wholeBody(Exchange exchange) throws IOException {
        var bytes = exchange.body().readNBytes(maxMessageBytes + 1);
        if (bytes.length > maxMessageBytes) {
            throw EnvelopeReader.tooLong(exchange.contentLength().orElse(bytes.length), maxMessageBytes);
        }
        return bytes;
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

    /** The messages of a request's body. */
    private record Incoming(EnvelopeReader envelopes, Compression compression, Codec codec, int maxBytes) {
        <I extends Message> Optional<I> next(I prototype) throws IOException {
            return envelopes.next().map(envelope -> codec.decode(plain(envelope), prototype));
        }

        private byte[] plain(Envelope envelope) {
            if (!envelope.compressed()) {
                return envelope.payload();
            }
            if (compression == Compression.IDENTITY) {
                throw ConnectFailure.invalid("an envelope is compressed, but Connect-Content-Encoding names no compression");
            }
            return compression.unpack(envelope.payload(), maxBytes);
        }
    }
}
