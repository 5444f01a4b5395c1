package dev.caisson.app.cli;

import dev.caisson.app.server.Program;
import dev.caisson.base.CaissonException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code caisson} itself, which only knows its sub-commands. */
@Command(
        name = "caisson",
        description = "Isolated Linux computers for AI agents, on your own machine.",
        mixinStandardHelpOptions = true,
        versionProvider = CaissonCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            DoctorCommand.class,
            EnvCommand.class,
            RunCommand.class,
            ExecCommand.class,
            CreateCommand.class,
            ConnectCommand.class,
            CpCommand.class,
            PortCommand.class,
            TimeoutCommand.class,
            LsCommand.class,
            InfoCommand.class,
            LogsCommand.class,
            MetricsCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            ForkCommand.class,
            SnapshotCommand.class,
            CheckpointCommand.class,
            KillCommand.class,
            KeysCommand.class,
            TeamsCommand.class,
            CompletionCommand.class,
            ServeCommand.class,
            PrepareCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "  test    runs every test (./caisson test --help)",
            "  bench   measures (./caisson bench --help)",
            "",
            "Example: caisson up && caisson run -- python3 -c 'print(1)'"
        })
public final class CaissonCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run()
    private CommandLine.Model.CommandSpec spec;

    /** The version and revision of the program. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Caisson " + Program.current().version()};
        }
    }

    /** Runs a command line and gives its exit code. */
    public static int execute(String... arguments) {
        var caisson = new CommandLine(new CaissonCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> explain(failure))
                .setUsageHelpWidth(100);
        // What follows the first word that is no option belongs to the command in the sandbox, its options included.
        caisson.getSubcommands().forEach((name, command) -> command.setStopAtPositional(name.equals("run") || name.equals("exec")));
        return caisson.execute(arguments);
    }

    private static int explain(Exception failure) throws Exception {
        if (failure instanceof CaissonException known) {
            System.err.println("caisson: " + Texts.printableLines(String.valueOf(known.getMessage())));
            return 1;
        }
        throw failure;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
