package dev.caisson.app.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
        name = "list",
        aliases = "ls",
        description = "Lists a team's API keys; never the keys themselves.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson keys list --json"})
final class KeysListCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-20s %-16s %-10s %s%n";

    @Mixin
    private TeamOption team = new TeamOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        try (var api = team.connect()) {
            var keys = api.get("/api-keys");
            if (json.wanted()) {
                JsonOption.print(keys);
            } else {
                System.out.printf(ROW, "ID", "NAME", "KEY", "AGE", "LAST USED");
                keys.forEach(KeysListCommand::print);
            }
            return 0;
        }
    }

    private static void print(JsonNode key) {
        var mask = key.path("mask");
        System.out.printf(
                ROW,
                key.path("id").asString(),
                key.path("name").asString(),
                mask.path("prefix").asString() + mask.path("maskedValuePrefix").asString() + "..."
                        + mask.path("maskedValueSuffix").asString(),
                since(key.path("createdAt").asString()),
                key.has("lastUsed") ? since(key.path("lastUsed").asString()) + " ago" : "never");
    }

    private static String since(String moment) {
        return Texts.span(Duration.between(Instant.parse(moment), Instant.now()));
    }
}
