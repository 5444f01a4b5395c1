package dev.caisson.envd.conformance;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.caisson.envd.conformance.proto.ConformanceProto;

/**
 * The suite's messages hold messages of any type, which envd's never do and whose JSON needs to be told the types. Calls in JSON
 * therefore take and give the whole message as plain JSON, which becomes the typed message here.
 */
final class Forms {
    private static final JsonFormat.TypeRegistry TYPES = JsonFormat.TypeRegistry.newBuilder()
            .add(ConformanceProto.getDescriptor().getMessageTypes())
            .add(ConformanceProto.ConformancePayload.RequestInfo.getDescriptor())
            .build();

    private final boolean json;

    Forms(boolean json) {
        this.json = json;
    }

    Message prototype(Message typed) {
        return json ? Struct.getDefaultInstance() : typed;
    }

    @SuppressWarnings("unchecked")
    <M extends Message> M typed(Message received, M prototype) {
        if (!json) {
            return (M) received;
        }
        try {
            var builder = prototype.newBuilderForType();
            JsonFormat.parser().usingTypeRegistry(TYPES).merge(JsonFormat.printer().print(received), builder);
            return (M) builder.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    Message sent(Message typed) {
        if (!json) {
            return typed;
        }
        try {
            var plain = Struct.newBuilder();
            JsonFormat.parser().merge(JsonFormat.printer().usingTypeRegistry(TYPES).print(typed), plain);
            return plain.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
