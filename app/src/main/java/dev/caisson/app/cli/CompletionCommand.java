package dev.caisson.app.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Prints the script that lets a shell complete Caisson's commands and options.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: caisson completion bash > ~/.local/share/bash-completion/completions/caisson",
            "         source <(caisson completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {
    /** What the script can be for; it is the same for both and finds out where it runs. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("UnusedVariable") // picocli refuses other words
    private Shell shell = Shell.bash;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        System.out.println(AutoComplete.bash("caisson", spec.root().commandLine()));
        return 0;
    }
}
