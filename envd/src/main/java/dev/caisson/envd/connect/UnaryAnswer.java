package dev.caisson.envd.connect;

import com.google.protobuf.Message;
import dev.caisson.http.Exchange;
import java.io.IOException;

/** A bare message with status 200, or an error as JSON with its own status ({@code contract/envd.md} §1.4). */
record UnaryAnswer(Exchange exchange, ContentType type) implements Answer {

    void succeed(Message message) throws IOException {
        exchange.setHeader("Content-Type", type.wireName());
        exchange.setHeader("Accept-Encoding", "gzip");
        exchange.send(200, type.codec().encode(message));
    }

    @Override
    public void fail(ConnectFailure failure) throws IOException {
        exchange.setHeader("Content-Type", "application/json");
        exchange.send(failure.code().status(), ErrorJson.unary(failure));
    }
}
