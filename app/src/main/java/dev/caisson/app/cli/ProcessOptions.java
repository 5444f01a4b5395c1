package dev.caisson.app.cli;

import dev.caisson.app.client.ProcessStart;
import dev.caisson.linux.Terminal;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command is to be run in a sandbox; shared by {@code run} and {@code exec}. */
final class ProcessOptions {
    @Option(names = {"-i", "--interactive"}, description = "Hand standard input to the command.")
    private boolean interactive;

    @Option(names = {"-t", "--tty"}, description = "Give the command a terminal.")
    private boolean tty;

    @Mixin
    private ShellOptions shell = new ShellOptions();

    ProcessStart start(List<String> command) {
        return shell.start(command, wantsInput(), tty);
    }

    /** Piped input is handed over without being asked for, as a shell would. */
    boolean wantsInput() {
        return interactive || (!tty && !Terminal.isInputPresent());
    }
}
