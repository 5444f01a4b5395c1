package dev.caisson.app.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rename",
        description = "Gives an API key another name.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson keys rename laptop \"old laptop\""})
final class KeysRenameCommand implements Callable<Integer> {
    @Mixin
    private TeamOption team = new TeamOption();

    @Parameters(index = "0", paramLabel = "KEY", description = "Its id or name.")
    private String key = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Its new name.")
    private String name = "";

    @Override
    public Integer call() {
        try (var api = team.connect()) {
            api.patch("/api-keys/" + KeyChoice.id(api, key), Map.of("name", name));
            return 0;
        }
    }
}
