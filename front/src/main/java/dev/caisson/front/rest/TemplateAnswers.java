package dev.caisson.front.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.control.Template;
import dev.caisson.node.TemplateInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How templates look on the wire ({@code contract/rest-api.md} §4.2, §15.5). Every build that is known is ready. */
final class TemplateAnswers {
    private static final String READY = "ready";

    private TemplateAnswers() {}

    /** A row of a list. {@code createdBy} and {@code lastSpawnedAt} are there even when null (trap 2). */
    record Row(
            String templateID,
            String buildID,
            int cpuCount,
            @JsonProperty("memoryMB") long memoryMb,
            @JsonProperty("diskSizeMB") long diskSizeMb,
            @JsonProperty("public") boolean isPublic,
            List<String> aliases,
            List<String> names,
            Instant createdAt,
            Instant updatedAt,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object createdBy,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant lastSpawnedAt,
            long spawnCount,
            int buildCount,
            String envdVersion,
            String buildStatus) {}

    /** Answer of get: what older clients read and what those since 2.59 demand. */
    record Detail(
            String templateID,
            String buildID,
            int cpuCount,
            @JsonProperty("memoryMB") long memoryMb,
            @JsonProperty("diskSizeMB") long diskSizeMb,
            @JsonProperty("public") boolean isPublic,
            List<String> aliases,
            List<String> names,
            Instant createdAt,
            Instant updatedAt,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object createdBy,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant lastSpawnedAt,
            long spawnCount,
            int buildCount,
            String envdVersion,
            String buildStatus,
            List<Build> builds) {}

    record Build(
            String buildID,
            String status,
            Instant createdAt,
            Instant updatedAt,
            Instant finishedAt,
            int cpuCount,
            @JsonProperty("memoryMB") long memoryMb,
            @JsonProperty("diskSizeMB") long diskSizeMb,
            String envdVersion) {}

    record Alias(String templateID, @JsonProperty("public") boolean isPublic) {}

    record Tag(String tag, String buildID, Instant createdAt) {}

    static Row row(Template template) {
        var newest = template.newest();
        return new Row(
                template.id(), newest.buildId(), newest.cpus(), newest.memoryBytes() >> 20, newest.diskBytes() >> 20, true,
                newest.names(), newest.names(), template.created(), newest.created(), null,
                template.use().lastSpawned().orElse(null), template.use().spawned(), template.builds().size(),
                Answers.ENVD_VERSION, READY);
    }

    static Detail detail(Template template, List<TemplateInfo> builds) {
        var row = row(template);
        return new Detail(
                row.templateID(), row.buildID(), row.cpuCount(), row.memoryMb(), row.diskSizeMb(), row.isPublic(), row.aliases(),
                row.names(), row.createdAt(), row.updatedAt(), null, row.lastSpawnedAt(), row.spawnCount(), row.buildCount(),
                row.envdVersion(), row.buildStatus(), builds.stream().map(TemplateAnswers::build).toList());
    }

    private static Build build(TemplateInfo build) {
        return new Build(
                build.buildId(), READY, build.created(), build.created(), build.created(), build.cpus(), build.memoryBytes() >> 20,
                build.diskBytes() >> 20, Answers.ENVD_VERSION);
    }

    static Alias alias(Template template) {
        return new Alias(template.id(), true);
    }

    static List<Tag> tags(Template template) {
        return List.of(new Tag("default", template.newest().buildId(), template.newest().created()));
    }
}
