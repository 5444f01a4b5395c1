package dev.caisson.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "teams",
        description = "Makes and lists teams, which do not see each other's sandboxes. For the operator.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TeamsCreateCommand.class, TeamsListCommand.class},
        footer = {
            "",
            "Example: sudo caisson teams create \"Data Science\" --max-sandboxes 20",
            "         sudo caisson keys create first --team data-science"
        })
final class TeamsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with the teams: create or list");
    }
}
