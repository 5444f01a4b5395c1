package dev.caisson.app.cli;

import dev.caisson.app.client.Access;
import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ClientException;
import dev.caisson.app.server.AppException;
import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Makes sure that a server answers before a command needs it. */
final class ServerStart {
    private ServerStart() {}

    /** Runs {@code caisson up} in the caller's terminal if no server of this installation runs. */
    static void ensure(Path data) {
        if (System.getenv("E2B_API_URL") != null || answers(data)) {
            return;
        }
        System.err.println("caisson: no server runs yet, starting one");
        var launcher = Path.of(System.getProperty("caisson.command", "caisson")).toAbsolutePath();
        var code = Command.of(launcher, List.of("up", "--data", data.toString())).withEnvironment(System.getenv()).runInTerminal();
        if (code != 0) {
            throw new AppException(Category.UNAVAILABLE, "the server could not be started: `caisson up` exited with " + code);
        }
    }

    private static boolean answers(Path data) {
        try (var api = new ApiClient(Access.find(Map.of(), data))) {
            return api.answers();
        } catch (ClientException e) {
            if (e.category() == Category.DENIED) {
                throw e;
            }
            return false;
        }
    }
}
