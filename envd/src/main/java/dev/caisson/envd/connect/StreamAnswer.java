package dev.caisson.envd.connect;

import com.google.protobuf.Message;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Status 200 whatever happens, envelopes, and a last one that says how it ended ({@code contract/envd.md} §1.3). */
final class StreamAnswer implements Answer {
    private static final byte[] SUCCESS = "{}".getBytes(StandardCharsets.UTF_8);

    private final Exchange exchange;
    private final ContentType type;
    private Optional<OutputStream> body = Optional.empty();

    StreamAnswer(Exchange exchange, ContentType type) {
        this.exchange = exchange;
        this.type = type;
    }

    void send(Message message) throws IOException {
        envelopes().write(0, type.codec().encode(message));
    }

    void succeed() throws IOException {
        finish(SUCCESS);
    }

    @Override
    public void fail(ConnectFailure failure) throws IOException {
        finish(ErrorJson.endOfStream(failure));
    }

    private void finish(byte[] end) throws IOException {
        envelopes().write(Envelope.END, end);
        body().close();
    }

    private EnvelopeWriter envelopes() throws IOException {
        return new EnvelopeWriter(body());
    }

    private OutputStream body() throws IOException {
        if (body.isEmpty()) {
            exchange.setHeader("Content-Type", type.wireName());
            exchange.setHeader("Connect-Accept-Encoding", "gzip");
            body = Optional.of(exchange.start(200));
        }
        return body.get();
    }
}
