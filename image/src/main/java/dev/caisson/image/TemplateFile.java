package dev.caisson.image;

import dev.caisson.base.Category;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How a template build is written down. */
final class TemplateFile {
    /** Counted up when an older program could not read what a newer one writes. */
    private static final int FORMAT = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();
    private static final ObjectWriter WRITER = JSON.writerFor(Form.class);
    private static final ObjectReader READER = JSON.readerFor(Form.class);

    private TemplateFile() {}

    private record Form(
            int format, String templateId, String buildId, List<String> names, List<String> layers, String user, String workdir,
            Map<String, String> environment, int cpus, long memoryBytes, long diskBytes, long timeoutSeconds, String created) {}

    /** The file's name; both parts were checked against path tricks when the build was made. */
    static String nameOf(TemplateBuild build) {
        return build.templateId() + "." + build.buildId() + ".json";
    }

    static byte[] encode(TemplateBuild build) {
        return WRITER.writeValueAsBytes(new Form(
                FORMAT, build.templateId(), build.buildId(), build.names(), build.layers().stream().map(ContentHash::hex).toList(),
                build.user(), build.workdir(), build.environment(), build.cpus(), build.memoryBytes(), build.diskBytes(),
                build.timeout().toSeconds(), build.created().toString()));
    }

    /** @throws ImageException {@code INTERNAL} if the bytes are not a manifest that this program understands */
    static TemplateBuild decode(byte[] bytes) {
        try {
            @Nullable Form form = READER.readValue(bytes);
            if (form == null || form.format() != FORMAT) {
                throw new ImageException(Category.INTERNAL, "it is not of format " + FORMAT + ", the one this program reads");
            }
            return new TemplateBuild(
                    form.templateId(), form.buildId(), form.names(), form.layers().stream().map(ContentHash::new).toList(),
                    form.user(), form.workdir(), form.environment(), form.cpus(), form.memoryBytes(), form.diskBytes(),
                    Duration.ofSeconds(form.timeoutSeconds()), Instant.parse(form.created()));
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new ImageException(Category.INTERNAL, "it is not a template manifest: " + e.getMessage(), e);
        }
    }
}
