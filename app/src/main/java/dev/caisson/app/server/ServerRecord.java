package dev.caisson.app.server;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.caisson.app.tls.TlsSettings;
import dev.caisson.base.Installation;
import dev.caisson.linux.ProcessIdentity;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;

/**
 * What a server says of itself in {@code <run>/server.json}, from before it looks after sandboxes.
 *
 * @param process who it is
 * @param version the program's version and revision
 * @param program the folder it runs from, which differs for every build
 * @param url where it answers, or will
 * @param tls what it was told about names and certificates
 * @param standbys what it was told about them
 * @param ready whether it answers yet
 * @param started when that was written
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ServerRecord(
        // Whether it is alive is no part of who it is, and must neither be written nor wanted.
        @JsonIgnoreProperties(value = "alive", ignoreUnknown = true) ProcessIdentity process,
        String version,
        String program,
        String url,
        TlsSettings tls,
        StandbyChoice standbys,
        boolean ready,
        Instant started) {
    public ServerRecord {
        // A server of an earlier version does not say, and kept none.
        tls = Objects.requireNonNullElse(tls, TlsSettings.NONE);
        standbys = Objects.requireNonNullElse(standbys, StandbyChoice.OFF);
    }

    /** The server of an installation, if one runs. */
    public static Optional<ServerRecord> find(Installation installation) {
        return file(installation).read().filter(found -> found.process().isAlive());
    }

    void write(Installation installation) {
        file(installation).write(this);
    }

    static void remove(Installation installation) {
        file(installation).remove();
    }

    private static JsonFile<ServerRecord> file(Installation installation) {
        return new JsonFile<>(installation.run().resolve("server.json"), new TypeReference<>() {}, "remove it if no server runs");
    }
}
