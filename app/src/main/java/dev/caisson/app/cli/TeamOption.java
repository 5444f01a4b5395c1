package dev.caisson.app.cli;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ClientException;
import dev.caisson.base.Category;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Whose keys are meant: those of the team that the API key belongs to, or of the one that {@code --team} names. */
final class TeamOption {
    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--team",
            paramLabel = "TEAM",
            description = "Another team, by slug or id; for the operator (default: the team of the API key).")
    private Optional<String> team = Optional.empty();

    ApiClient connect() {
        return team.isEmpty() ? data.connect() : new ApiClient(data.operator().forTeam(id(team.get())));
    }

    private String id(String slugOrId) {
        try (var operator = new ApiClient(data.operator())) {
            return operator.get("/caisson/teams").valueStream()
                    .filter(row -> matches(row, slugOrId))
                    .map(row -> row.path("teamID").asString())
                    .findFirst()
                    .orElseThrow(() -> new ClientException(
                            Category.NOT_FOUND, "there is no team '" + slugOrId + "'; `caisson teams list` shows those there are"));
        }
    }

    private static boolean matches(JsonNode row, String slugOrId) {
        return row.path("slug").asString().equals(slugOrId) || row.path("teamID").asString().equals(slugOrId);
    }
}
