package dev.caisson.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "checkpoint",
        description = "Keeps states of a sandbox to go back to: its processes, memory and files. They are gone with it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CheckpointCreateCommand.class,
            CheckpointListCommand.class,
            CheckpointRollbackCommand.class,
            CheckpointDiffCommand.class,
            CheckpointRemoveCommand.class
        },
        footer = {
            "",
            "Example: caisson checkpoint create i4k2m9x0q7w1e8r5t3y6u before",
            "         caisson checkpoint diff i4k2m9x0q7w1e8r5t3y6u before",
            "         caisson checkpoint rollback i4k2m9x0q7w1e8r5t3y6u before"
        })
final class CheckpointCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run()
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with checkpoints: create, ls, rollback, diff or rm");
    }
}
