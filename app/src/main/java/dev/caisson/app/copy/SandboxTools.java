package dev.caisson.app.copy;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.ProcessStart;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.base.Category;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What E2B's wire has no calls for, done by the sandbox's own programs. */
final class SandboxTools {
    /** Words of a command line, far below what kernels take. */
    private static final int AT_ONCE = 200;

    private final RemoteSandbox sandbox;
    private final Optional<String> user;

    SandboxTools(RemoteSandbox sandbox, Optional<String> user) {
        this.sandbox = sandbox;
        this.user = user;
    }

    void setMode(int mode, List<String> paths) {
        for (int from = 0; from < paths.size(); from += AT_ONCE) {
            var command = new ArrayList<>(List.of("chmod", Integer.toOctalString(mode), "--"));
            command.addAll(paths.subList(from, Math.min(paths.size(), from + AT_ONCE)));
            run("setting permissions", command);
        }
    }

    /** Makes a link, also in the place of one. */
    void link(String target, String path) {
        run("making the link " + path, List.of("ln", "-sfn", "--", target, path));
    }

    /** What is written in a link. */
    String linkTarget(String path) {
        return new String(run("reading the link " + path, List.of("readlink", "-n", "--", path)), StandardCharsets.UTF_8);
    }

    private byte[] run(String what, List<String> command) {
        var output = new Gathered(what);
        var code = sandbox.run(new ProcessStart(command, Map.of(), user, Optional.empty(), false, Optional.empty()), output);
        if (code != 0) {
            throw new ClientException(
                    Category.INTERNAL, what + " in the sandbox failed: " + new String(output.errors(), StandardCharsets.UTF_8).strip());
        }
        return output.output();
    }
}
