package dev.caisson.e2e;

import dev.caisson.app.client.ProcessOutput;
import dev.caisson.app.client.ProcessStart;
import dev.caisson.app.client.RemoteSandbox;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Commands in a sandbox, for tests that are not about an SDK. */
final class Commands {
    private Commands() {}

    record Result(int exitCode, String output) {}

    /** Runs a shell command to its end. */
    static Result sh(RemoteSandbox sandbox, String script) {
        return sh(sandbox, script, new CountDownLatch(1));
    }

    /** Runs a shell command to its end and counts down when it has started. */
    static Result sh(RemoteSandbox sandbox, String script, CountDownLatch begun) {
        var output = new ByteArrayOutputStream();
        var start = new ProcessStart(
                List.of("/bin/sh", "-c", script), Map.of(), Optional.empty(), Optional.empty(), false, Optional.empty());
        var exit = sandbox.run(start, new ProcessOutput() {
            @Override
            public void started(int pid) {
                begun.countDown();
            }

            @Override
            public void stdout(byte[] data) {
                output.writeBytes(data);
            }

            @Override
            public void stderr(byte[] data) {
                output.writeBytes(data);
            }
        });
        return new Result(exit, output.toString(StandardCharsets.UTF_8));
    }
}
