package dev.caisson.app.cli;

import dev.caisson.app.server.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What sets a second installation on one machine apart; tests and developers need it, and {@code --data} besides. */
final class InstallationOptions {
    @Option(names = "--name", paramLabel = "NAME", description = "Name of the installation, 1 to 8 letters and digits (default: caisson).")
    private @Nullable String name;

    @Option(names = "--addresses", paramLabel = "A.B", description = "The slots' /16 network on the host's side (default: 10.111).")
    private @Nullable String addresses;

    Settings over(Settings known) {
        var chosen = name == null ? known.name() : name;
        return new Settings(
                chosen,
                name == null ? known.run() : Path.of("/run", chosen),
                addresses == null ? known.addresses() : addresses,
                known.listen(),
                known.port(),
                known.tls(),
                known.standbys());
    }
}
