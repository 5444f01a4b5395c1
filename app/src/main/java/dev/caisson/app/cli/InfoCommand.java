package dev.caisson.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "info",
        description = "Shows everything about a sandbox, its actual isolation included.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson info i4k2m9x0q7w1e8r5t3y6u"})
final class InfoCommand implements Callable<Integer> {
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
                        .forEach(entry -> System.out.printf("%-20s %s%n", entry.getKey(), text(entry.getValue())));
            }
            return 0;
        }
    }

    private static String text(tools.jackson.databind.JsonNode value) {
        return value.isString() ? value.asString() : value.toString();
    }
}
