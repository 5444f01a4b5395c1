package dev.caisson.app.cli;

import dev.caisson.app.client.ClientException;
import dev.caisson.base.Category;
import dev.caisson.linux.Terminal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "connect",
        description = "Opens a shell in a sandbox, which is resumed if it is paused, and stays when the shell ends.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code: the shell's.", "Example: caisson connect i4k2m9x0q7w1e8r5t3y6u"})
final class ConnectCommand implements Callable<Integer> {
    private static final List<String> SHELL = List.of("/bin/bash", "-i", "-l");

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private ShellOptions options = new ShellOptions();

    @Parameters(paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Override
    public Integer call() {
        if (!Terminal.isPresent()) {
            throw new ClientException(Category.INVALID, "a shell needs a terminal; without one, run a command: caisson exec " + id + " COMMAND");
        }
        try (var api = data.connect()) {
            return ProcessRun.run(api.connect(id), options.start(SHELL, true, true), true);
        }
    }
}
