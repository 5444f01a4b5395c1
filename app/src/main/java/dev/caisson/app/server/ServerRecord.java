package dev.caisson.app.server;

import dev.caisson.app.tls.TlsSettings;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a server says of itself in {@code <run>/server.json}, from before it looks after sandboxes.
 *
 * @param process who it is
 * @param version the program's version and revision
 * @param program the folder it runs from, which differs for every build
 * @param url where it answers, or will
 * @param tls what it was told about names and certificates
 * @param ready whether it answers yet
 * @param started when that was written
 */
public record ServerRecord(ProcessIdentity process, String version, String program, String url, TlsSettings tls, boolean ready, Instant started) {
    private static final JsonMapper JSON = new JsonMapper();

    public ServerRecord {
        // A server of an earlier version does not say.
        tls = Objects.requireNonNullElse(tls, TlsSettings.NONE);
    }

    /** The server of an installation, if one runs. */
    public static Optional<ServerRecord> find(Installation installation) {
        var file = file(installation);
        try {
            var found = JSON.readValue(Files.readAllBytes(file), ServerRecord.class);
            return found.process().isAlive() ? Optional.of(found) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            throw new AppException(Category.INTERNAL, "could not read " + file + ": " + e.getMessage(), e);
        }
    }

    void write(Installation installation) {
        var file = file(installation);
        try {
            var aside = file.resolveSibling(file.getFileName() + ".new");
            Files.write(aside, JSON.writeValueAsBytes(this));
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not write " + file + ": " + e.getMessage(), e);
        }
    }

    static void remove(Installation installation) {
        try {
            Files.deleteIfExists(file(installation));
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not remove " + file(installation) + ": " + e.getMessage(), e);
        }
    }

    private static Path file(Installation installation) {
        return installation.run().resolve("server.json");
    }
}
