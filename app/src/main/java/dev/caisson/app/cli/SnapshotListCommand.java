package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
        name = "ls",
        aliases = "list",
        description = "Lists snapshots, the newest first; of several tags of a name the newest.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson snapshot ls --sandbox i4k2m9x0q7w1e8r5t3y6u"})
final class SnapshotListCommand implements Callable<Integer> {
    private static final String ROW = "%-40s %-22s %-9s %7s %8s%n";

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(names = "--sandbox", paramLabel = "SANDBOX", description = "Only those of this sandbox.")
    private Optional<String> sandbox = Optional.empty();

    @Option(names = "--name", paramLabel = "NAME[:TAG]", description = "Only those with this name, or this tag of it.")
    private Optional<String> name = Optional.empty();

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var snapshots = new RemoteStates(api).snapshots(sandbox, name);
            if (json.wanted()) {
                JsonOption.print(snapshots);
            } else {
                System.out.printf(ROW, "SNAPSHOT", "SANDBOX", "SAVED", "SIZE", "AGE");
                snapshots.forEach(SnapshotListCommand::print);
            }
            return 0;
        }
    }

    private static void print(JsonNode row) {
        System.out.printf(
                ROW,
                row.path("snapshotID").asString(),
                row.path("sandboxID").asString(),
                row.path("memory").asBoolean() ? "memory" : "files",
                Texts.size(row.path("sizeBytes").asLong()),
                Texts.span(Duration.between(Instant.parse(row.path("createdAt").asString()), Instant.now())));
    }
}
