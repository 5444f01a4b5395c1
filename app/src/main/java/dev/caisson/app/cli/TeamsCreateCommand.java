package dev.caisson.app.cli;

import dev.caisson.app.client.ApiClient;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Makes a team. It has no API key yet: `caisson keys create NAME --team SLUG` makes one.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: sudo caisson teams create \"Data Science\" --max-sandboxes 20 --max-seconds 3600"})
final class TeamsCreateCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "NAME", description = "What to call it.")
    private String name = "";

    @Option(names = "--slug", paramLabel = "SLUG", description = "Its short name, of a-z, 0-9 and '-' (default: made of NAME).")
    private Optional<String> slug = Optional.empty();

    @Option(names = "--max-sandboxes", paramLabel = "N", description = "How many sandboxes it may have at once (default: 1000).")
    private Optional<Integer> maxSandboxes = Optional.empty();

    @Option(names = "--max-seconds", paramLabel = "SECONDS", description = "How long its sandboxes may live (default: 86400).")
    private Optional<Integer> maxSeconds = Optional.empty();

    @Override
    public Integer call() {
        var body = new LinkedHashMap<String, Object>();
        body.put("name", name);
        slug.ifPresent(s -> body.put("slug", s));
        maxSandboxes.ifPresent(n -> body.put("maxSandboxes", n));
        maxSeconds.ifPresent(n -> body.put("maxSeconds", n));
        try (var api = new ApiClient(data.operator())) {
            var team = api.post("/caisson/teams", body);
            if (json.wanted()) {
                JsonOption.print(team);
            } else {
                System.out.println(team.path("slug").asString());
            }
            return 0;
        }
    }
}
