package dev.caisson.app.cli;

import dev.caisson.app.client.ApiClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
        name = "list",
        aliases = "ls",
        description = "Lists the teams with their limits.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: sudo caisson teams list --json"})
final class TeamsListCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-20s %-20s %9s %7s%n";

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        try (var api = new ApiClient(data.operator())) {
            var teams = api.get("/caisson/teams");
            if (json.wanted()) {
                JsonOption.print(teams);
            } else {
                System.out.printf(ROW, "ID", "SLUG", "NAME", "SANDBOXES", "LONGEST");
                teams.forEach(TeamsListCommand::print);
            }
            return 0;
        }
    }

    private static void print(JsonNode team) {
        System.out.printf(
                ROW,
                team.path("teamID").asString(),
                team.path("slug").asString(),
                team.path("name").asString(),
                team.path("runningSandboxes").asInt() + "/" + team.path("maxSandboxes").asInt(),
                Texts.span(Duration.ofSeconds(team.path("maxSeconds").asLong())));
    }
}
