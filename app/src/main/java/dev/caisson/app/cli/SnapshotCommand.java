package dev.caisson.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "snapshot",
        description = "Saves running sandboxes as templates of new ones, lists and removes what was saved.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {SnapshotCreateCommand.class, SnapshotListCommand.class, SnapshotRemoveCommand.class},
        footer = {
            "",
            "Example: caisson snapshot create i4k2m9x0q7w1e8r5t3y6u --name ready",
            "         caisson create ready",
            "         caisson snapshot ls",
            "         caisson snapshot rm ready"
        })
final class SnapshotCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with snapshots: create, ls or rm");
    }
}
