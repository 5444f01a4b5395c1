package dev.caisson.app.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "exec",
        description = "Runs a command in a running sandbox and gives its exit code.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: caisson exec -it i4k2m9x0q7w1e8r5t3y6u bash"})
final class ExecCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private ProcessOptions options = new ProcessOptions();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id.")
    private String id = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments.")
    private List<String> command = List.of();

    @Override
    public Integer call() {
        try (var api = data.connect()) {
            return ProcessRun.run(api.connect(id), options.start(words()), options.wantsInput());
        }
    }

    /** People write {@code --} between the sandbox and the command as they do for {@code run}; it is not part of the command. */
    private List<String> words() {
        return command.size() > 1 && command.getFirst().equals("--") ? command.subList(1, command.size()) : command;
    }
}
