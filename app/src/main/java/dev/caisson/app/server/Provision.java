package dev.caisson.app.server;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.caisson.base.Category;
import java.nio.file.Path;
import tools.jackson.core.type.TypeReference;

/**
 * What set-up made for the server to use, kept in {@code <data>/provision.json} and written when all of it is complete.
 *
 * @param engineBuild folder of the engine's build, {@code <data>/engines/gvisor/<build>}
 * @param agentLayer SHA-256 of the layer with the guest agent
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Provision(Path engineBuild, String agentLayer) {

    /** @throws AppException {@code NOT_FOUND} if nothing was set up below {@code data} */
    public static Provision load(Path data) {
        return file(data).read().orElseThrow(() -> new AppException(
                Category.NOT_FOUND, "nothing is set up below " + data + " yet; `caisson up` does it"));
    }

    public void save(Path data) {
        file(data).write(this);
    }

    private static JsonFile<Provision> file(Path data) {
        return new JsonFile<>(data.resolve("provision.json"), new TypeReference<>() {}, "`caisson up` makes it anew");
    }
}
