package dev.caisson.app.client;

import dev.caisson.linux.Terminal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process to start in a sandbox.
 *
 * @param user empty for the template's
 * @param folder empty for the template's
 * @param input whether its standard input is a pipe
 * @param terminal the size of its terminal, if it is to have one
 */
public record ProcessStart(
        List<String> command,
        Map<String, String> environment,
        Optional<String> user,
        Optional<String> folder,
        boolean input,
        Optional<Terminal.Size> terminal) {
    public ProcessStart {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
