package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.OperatorAccess;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data}, which says which installation is meant. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where Caisson keeps what must survive a reboot (default: ${DEFAULT-VALUE}; also CAISSON_DATA).",
            defaultValue = "${env:CAISSON_DATA:-/var/lib/caisson}")
    private Path data = Path.of("/var/lib/caisson");

    Path folder() {
        return data.toAbsolutePath().normalize();
    }

    /** For what only the operator may do. */
    OperatorAccess operator() {
        return OperatorAccess.find(System.getenv(), folder());
    }

    ApiClient connect() {
        return new ApiClient(Access.find(System.getenv(), folder()));
    }
}
