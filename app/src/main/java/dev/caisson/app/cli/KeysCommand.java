package dev.caisson.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "keys",
        description = "Makes, lists, renames and revokes API keys.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {KeysCreateCommand.class, KeysListCommand.class, KeysRenameCommand.class, KeysRevokeCommand.class},
        footer = {
            "",
            "Example: caisson keys create laptop",
            "         caisson keys list",
            "         caisson keys revoke laptop",
            "         sudo caisson keys create ci --team data-science"
        })
final class KeysCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with the keys: create, list, rename or revoke");
    }
}
