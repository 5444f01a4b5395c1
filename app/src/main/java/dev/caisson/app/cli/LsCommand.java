package dev.caisson.app.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
        name = "ls",
        description = "Lists the sandboxes that run or are paused.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson ls --json"})
final class LsCommand implements Callable<Integer> {
    private static final String ROW = "%-22s %-10s %-9s %5s %7s %9s%n";

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            var sandboxes = api.sandboxes();
            if (json.wanted()) {
                JsonOption.print(sandboxes);
            } else {
                System.out.printf(ROW, "SANDBOX", "TEMPLATE", "STATE", "CPUS", "MEMORY", "ENDS IN");
                sandboxes.forEach(LsCommand::print);
            }
            return 0;
        }
    }

    private static void print(JsonNode row) {
        var paused = row.path("state").asString().equals("paused");
        var left = Duration.between(Instant.now(), Instant.parse(row.path("endAt").asString()));
        System.out.printf(
                ROW,
                row.path("sandboxID").asString(),
                row.path("alias").asString(row.path("templateID").asString()),
                row.path("state").asString(),
                row.path("cpuCount").asInt(),
                row.path("memoryMB").asInt() + "M",
                paused ? "-" : Texts.span(left));
    }
}
