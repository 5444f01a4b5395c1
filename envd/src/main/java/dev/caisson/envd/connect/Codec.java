package dev.caisson.envd.connect;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;

/** How messages are written. Reading is lenient as {@code contract/envd.md} §1.7 lists. */
enum Codec {
    JSON("json") {
        @Override
        @SuppressWarnings("unchecked")
        <M extends Message> M decode(byte[] bytes, M prototype) {
            var builder = prototype.newBuilderForType();
            try {
                PARSER.merge(new String(bytes, StandardCharsets.UTF_8), builder);
            } catch (InvalidProtocolBufferException e) {
                throw unreadable(prototype, e);
            }
            return (M) builder.build();
        }

        @Override
        byte[] encode(Message message) {
            try {
                return PRINTER.print(message).getBytes(StandardCharsets.UTF_8);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("no message of ours holds an Any, the only thing that cannot be printed", e);
            }
        }
    },
    PROTOBUF("proto") {
        @Override
        @SuppressWarnings("unchecked")
        <M extends Message> M decode(byte[] bytes, M prototype) {
            try {
                return (M) prototype.getParserForType().parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw unreadable(prototype, e);
            }
        }

        @Override
        byte[] encode(Message message) {
            return message.toByteArray();
        }
    };

    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private final String wireName;

    Codec(String wireName) {
        this.wireName = wireName;
    }

    /** As it stands in content types. */
    String wireName() {
        return wireName;
    }

    /** @throws ConnectFailure {@code invalid_argument} */
    abstract <M extends Message> M decode(byte[] bytes, M prototype);

    abstract byte[] encode(Message message);

    private static ConnectFailure unreadable(Message prototype, InvalidProtocolBufferException e) {
        var type = prototype.getDescriptorForType().getFullName();
        return new ConnectFailure(ConnectCode.INVALID_ARGUMENT, "the message is no valid " + type + ": " + e.getMessage(), e);
    }
}
