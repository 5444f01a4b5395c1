package dev.caisson.app.cli;

import dev.caisson.app.client.ProcessStart;
import dev.caisson.linux.Terminal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who runs a process in a sandbox, where, and with which variables. */
final class ShellOptions {
    @Option(names = {"-e", "--env"}, paramLabel = "NAME=VALUE", description = "A variable of its environment.")
    private Map<String, String> environment = new LinkedHashMap<>();

    @Option(names = {"-u", "--user"}, paramLabel = "USER", description = "Who runs it (default: the template's user).")
    private @Nullable String user;

    @Option(names = {"-w", "--workdir"}, paramLabel = "DIR", description = "Where it runs (default: the template's folder).")
    private @Nullable String folder;

    ProcessStart start(List<String> command, boolean input, boolean tty) {
        Optional<Terminal.Size> terminal =
                tty ? Optional.of(Terminal.size().orElseGet(() -> new Terminal.Size(80, 24))) : Optional.empty();
        var variables = new LinkedHashMap<String, String>();
        if (tty) {
            variables.put("TERM", Optional.ofNullable(System.getenv("TERM")).orElse("xterm-256color"));
            variables.put("LANG", "C.UTF-8");
        }
        variables.putAll(environment);
        return new ProcessStart(command, variables, Optional.ofNullable(user), Optional.ofNullable(folder), input, terminal);
    }
}
