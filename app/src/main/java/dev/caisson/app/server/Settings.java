package dev.caisson.app.server;

import dev.caisson.app.tls.Certificates;
import dev.caisson.app.tls.TlsSettings;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;

/**
 * What {@code caisson up} was told, kept in {@code <data>/settings.json} so that later commands need only {@code --data}.
 * An unknown member stops the program: it is a typing error or a newer Caisson's.
 *
 * @param name of the installation, see {@link Installation#name}
 * @param run its run folder
 * @param addresses its slots' addresses, see {@link Installation#addresses}
 * @param listen the address the server listens on
 * @param port the TCP port
 * @param tls the domain below which sandboxes have names, and its certificate
 * @param standbys how many sandboxes are kept ready before anybody wants them
 */
public record Settings(String name, Path run, String addresses, String listen, int port, TlsSettings tls, StandbyChoice standbys) {
    private static final String FILE = "settings.json";

    public Settings {
        // Files of earlier versions have no such members.
        tls = Objects.requireNonNullElse(tls, TlsSettings.NONE);
        standbys = Objects.requireNonNullElse(standbys, StandbyChoice.AUTO);
        if (port < 0 || port > 65535) {
            throw new AppException(Category.INVALID, "a port is 0 to 65535, not " + port);
        }
    }

    /** Whether {@code data} is an installation's folder. */
    public static boolean isKept(Path data) {
        return Files.exists(data.resolve(FILE));
    }

    /** Whether {@code file} is where settings are kept. */
    public static boolean isFile(Path file) {
        return file.endsWith(FILE);
    }

    /** What a machine with one Caisson has. */
    public static Settings defaults() {
        return new Settings("caisson", Path.of("/run/caisson"), "10.111", "127.0.0.1", 4747, TlsSettings.NONE, StandbyChoice.AUTO);
    }

    /** What was kept below {@code data}; the defaults if nothing was. */
    public static Settings load(Path data) {
        return file(data).read().orElseGet(Settings::defaults);
    }

    public void save(Path data) {
        file(data).write(this);
    }

    private static JsonFile<Settings> file(Path data) {
        return new JsonFile<>(data.resolve(FILE), new TypeReference<>() {}, "mend it, or remove it for the defaults");
    }

    /** The certificates of its domain; nothing without one. */
    public Optional<Certificates> certificates(Path data) {
        return tls.hasDomain() ? Optional.of(new Certificates(data, tls, InstantSource.system())) : Optional.empty();
    }

    public Installation installation(Path data) {
        return new Installation(name, data, run, addresses);
    }
}
