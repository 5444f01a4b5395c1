package dev.caisson.app.server;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What set-up made for the server to use, kept in {@code <data>/provision.json} and written when all of it is complete.
 *
 * @param engineBuild folder of the engine's build, {@code <data>/engines/gvisor/<build>}
 * @param agentLayer SHA-256 of the layer with the guest agent
 */
public record Provision(Path engineBuild, String agentLayer) {
    private static final String FILE = "provision.json";
    private static final JsonMapper JSON = new JsonMapper();

    /** @throws AppException {@code NOT_FOUND} if nothing was set up below {@code data} */
    public static Provision load(Path data) {
        var file = data.resolve(FILE);
        try {
            return JSON.readValue(Files.readAllBytes(file), Provision.class);
        } catch (NoSuchFileException e) {
            throw new AppException(Category.NOT_FOUND, "nothing is set up below " + data + " yet; `caisson up` does it", e);
        } catch (IOException | JacksonException e) {
            throw new AppException(Category.INTERNAL, "could not read " + file + ": " + e.getMessage() + "; `caisson up` makes it anew", e);
        }
    }

    public void save(Path data) {
        var file = data.resolve(FILE);
        try {
            var aside = data.resolve(FILE + ".new");
            Files.write(aside, JSON.writeValueAsBytes(this));
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not write " + file + ": " + e.getMessage(), e);
        }
    }
}
