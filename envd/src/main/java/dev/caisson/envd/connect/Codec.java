package dev.caisson.envd.connect;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** How messages are written. Reading is lenient as {@code contract/envd.md} §1.7 lists. */
enum Codec {
    JSON("json") {
        @Override
        @SuppressWarnings("unchecked")
        <M extends Message> M decode(byte[] bytes, M prototype) {
            var builder = prototype.newBuilderForType();
            try {
                PARSER.merge(new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8), builder);
            } catch (IOException e) {
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

        @Override
        void writeElement(OutputStream out, FieldDescriptor list, Message element, boolean first) throws IOException {
            out.write((first ? "{\"" + list.getJsonName() + "\":[" : ",").getBytes(StandardCharsets.UTF_8));
            out.write(encode(element));
        }

        @Override
        void writeEnd(OutputStream out, boolean empty) throws IOException {
            out.write((empty ? "{}" : "]}").getBytes(StandardCharsets.UTF_8));
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

        @Override
        void writeElement(OutputStream out, FieldDescriptor list, Message element, boolean first) throws IOException {
            var coded = CodedOutputStream.newInstance(out);
            coded.writeMessage(list.getNumber(), element);
            coded.flush();
        }

        @Override
        void writeEnd(OutputStream out, boolean empty) {
            // A message ends where its bytes end.
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

    /** Writes one more element of a message that has nothing but the field {@code list}. */
    abstract void writeElement(OutputStream out, FieldDescriptor list, Message element, boolean first) throws IOException;

    /** Ends that message. */
    abstract void writeEnd(OutputStream out, boolean empty) throws IOException;

    private static ConnectFailure unreadable(Message prototype, IOException e) {
        var type = prototype.getDescriptorForType().getFullName();
        return new ConnectFailure(ConnectCode.INVALID_ARGUMENT, "the message is no valid " + type + ": " + e.getMessage(), e);
    }
}
