package dev.caisson.app.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Makes an API key and prints it: this once only, since Caisson keeps no more than its hash.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: export E2B_API_KEY=\"$(caisson keys create laptop)\""})
final class KeysCreateCommand implements Callable<Integer> {
    @Mixin
    private TeamOption team = new TeamOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "NAME", description = "What to call it.")
    private String name = "";

    @Override
    public Integer call() {
        try (var api = team.connect()) {
            var made = api.post("/api-keys", Map.of("name", name));
            if (json.wanted()) {
                JsonOption.print(made);
            } else {
                System.out.println(made.path("key").asString());
            }
            return 0;
        }
    }
}
