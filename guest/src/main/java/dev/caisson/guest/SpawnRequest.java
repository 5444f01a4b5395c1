package dev.caisson.guest;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process to start, kept by the agent as given.
 *
 * @param command looked up in the child's {@code PATH} when it has no slash
 * @param arguments without the command itself
 * @param environment over the defaults; later wins ({@code contract/envd.md} §2.3.4)
 * @param folder empty for the default folder, else as every path
 * @param user empty for the default user
 * @param tag a name to select it by; not unique
 * @param input whether standard input is a pipe; otherwise it is {@code /dev/null}. Ignored with a pty.
 * @param pty the terminal's size if it is to have one
 */
public record SpawnRequest(
        String command,
        List<String> arguments,
        Map<String, String> environment,
        Optional<String> folder,
        String user,
        Optional<String> tag,
        boolean input,
        Optional<PtySize> pty) {

    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
