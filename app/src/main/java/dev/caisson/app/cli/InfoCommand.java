package dev.caisson.app.cli;

import dev.caisson.app.client.SandboxPast;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "info",
        description = "Shows everything about a sandbox, its actual isolation and what it last used included.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson info i4k2m9x0q7w1e8r5t3y6u"})
final class InfoCommand implements Callable<Integer> {
    private static final String ROW = "%-20s %s%n";

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var detail = api.get("/sandboxes/" + id);
            if (json.wanted()) {
                JsonOption.print(detail);
            } else {
                detail.properties().stream()
                        .filter(entry -> !entry.getKey().equals("envdAccessToken"))
                        .forEach(entry -> System.out.printf(ROW, entry.getKey(), text(entry.getValue())));
                new SandboxPast(api, id, "", Instant.EPOCH).lastSample().ifPresent(InfoCommand::printUse);
            }
            return 0;
        }
    }

    private static void printUse(JsonNode sample) {
        System.out.printf(ROW, "cpu used", MetricsCommand.cpu(sample));
        System.out.printf(ROW, "memory used", MetricsCommand.memory(sample));
        System.out.printf(ROW, "disk used", MetricsCommand.disk(sample));
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.asString() : value.toString();
    }
}
