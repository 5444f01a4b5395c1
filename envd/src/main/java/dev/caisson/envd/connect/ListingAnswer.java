package dev.caisson.envd.connect;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.caisson.http.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A unary answer that is a list, sent in pieces once it grows long. An error in a short one is an error as usual; a long one
 * that cannot be completed is cut off. Used by one thread.
 */
final class ListingAnswer implements Answer {
    private static final int PIECE_BYTES = 256 * 1024;

    private final Exchange exchange;
    private final ContentType type;
    private final FieldDescriptor list;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private Optional<OutputStream> body = Optional.empty();
    private boolean empty = true;

    ListingAnswer(Exchange exchange, ContentType type, FieldDescriptor list) {
        this.exchange = exchange;
        this.type = type;
        this.list = list;
    }

    void add(Message element) throws IOException {
        type.codec().writeElement(piece, list, element, empty);
        empty = false;
        if (piece.size() >= PIECE_BYTES) {
            piece.writeTo(body());
            piece.reset();
        }
    }

    void succeed() throws IOException {
        type.codec().writeEnd(piece, empty);
        if (body.isEmpty()) {
            exchange.setHeader("Content-Type", type.wireName());
            exchange.send(200, piece.toByteArray());
        } else {
            piece.writeTo(body());
            body().close();
        }
    }

    @Override
    public void fail(ConnectFailure failure) throws IOException {
        if (body.isEmpty()) {
            new UnaryAnswer(exchange, type).fail(failure);
        } else {
            exchange.abort();
        }
    }

    private OutputStream body() throws IOException {
        if (body.isEmpty()) {
            exchange.setHeader("Content-Type", type.wireName());
            body = Optional.of(exchange.start(200));
        }
        return body.get();
    }
}
