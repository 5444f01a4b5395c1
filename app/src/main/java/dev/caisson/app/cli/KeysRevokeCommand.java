package dev.caisson.app.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "revoke",
        description = {
            "Makes API keys worthless, at once.",
            "The key that this command itself uses takes the operator: with --team. A new one then takes its place in `caisson env`."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson keys revoke laptop", "         sudo caisson keys revoke first --team default"})
final class KeysRevokeCommand implements Callable<Integer> {
    @Mixin
    private TeamOption team = new TeamOption();

    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Their ids or names.")
    private List<String> keys = List.of();

    @Override
    public Integer call() {
        try (var api = team.connect()) {
            // All are looked up first, so that a typing error revokes none.
            keys.stream().map(key -> KeyChoice.id(api, key)).toList().forEach(id -> {
                api.delete("/api-keys/" + id);
                System.out.println(id);
            });
            return 0;
        }
    }
}
