package dev.caisson.host.journal;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import dev.caisson.base.SandboxId;
import dev.caisson.image.ContentHash;
import dev.caisson.image.LayerName;
import dev.caisson.node.SnapshotId;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** How what the host writes down is spelled in JSON: ids and hashes as plain strings, moments as ISO 8601, nothing optional. */
public final class JournalFormat {
    /** Refuses missing and null fields and ignores ones it does not know. Immutable. */
    public static final JsonMapper MAPPER = mapper();

    private JournalFormat() {}

    private static JsonMapper mapper() {
        var module = new SimpleModule("caisson-journal")
                .addSerializer(SandboxId.class, new Text<>(SandboxId::value))
                .addDeserializer(SandboxId.class, new FromText<>(SandboxId::new))
                .addSerializer(SnapshotId.class, new Text<>(SnapshotId::value))
                .addDeserializer(SnapshotId.class, new FromText<>(SnapshotId::new))
                .addSerializer(ContentHash.class, new Text<>(ContentHash::hex))
                .addDeserializer(ContentHash.class, new FromText<>(ContentHash::new))
                .addSerializer(LayerName.class, new Text<>(LayerName::text))
                .addDeserializer(LayerName.class, new FromText<>(LayerName::of));
        return JsonMapper.builder()
                .addModule(module)
                // A record's fields and nothing else: ProcessIdentity.isAlive() asks the machine.
                .changeDefaultVisibility(checker -> checker.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    /** From a value to its text and back. */
    private interface Spelling<A, B> {
        B spell(A value);
    }

    private static final class Text<T> extends ValueSerializer<T> {
        private final Spelling<T, String> spelling;

        Text(Spelling<T, String> spelling) {
            this.spelling = spelling;
        }

        @Override
        public void serialize(T value, JsonGenerator json, SerializationContext context) {
            json.writeString(spelling.spell(value));
        }
    }

    private static final class FromText<T> extends ValueDeserializer<T> {
        private final Spelling<String, T> spelling;

        FromText(Spelling<String, T> spelling) {
            this.spelling = spelling;
        }

        @Override
        public T deserialize(JsonParser json, DeserializationContext context) {
            return spelling.spell(json.getString());
        }
    }
}
