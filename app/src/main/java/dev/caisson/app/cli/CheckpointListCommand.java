package dev.caisson.app.cli;

import dev.caisson.app.client.RemoteStates;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

@Command(
        name = "ls",
        aliases = "list",
        description = "Lists a sandbox's checkpoints, the newest first.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson checkpoint ls i4k2m9x0q7w1e8r5t3y6u --json"})
final class CheckpointListCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-24s %7s %8s%n";

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var checkpoints = new RemoteStates(api).checkpointsOf(id);
            if (json.wanted()) {
                JsonOption.print(JsonNodeFactory.instance.arrayNode().addAll(checkpoints));
            } else {
                System.out.printf(ROW, "CHECKPOINT", "NAME", "SIZE", "AGE");
                checkpoints.forEach(CheckpointListCommand::print);
            }
            return 0;
        }
    }

    private static void print(JsonNode row) {
        System.out.printf(
                ROW,
                row.path("checkpointID").asString(),
                row.path("name").asString(),
                Texts.size(row.path("sizeBytes").asLong()),
                Texts.span(Duration.between(Instant.parse(row.path("createdAt").asString()), Instant.now())));
    }
}
