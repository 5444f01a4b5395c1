package dev.caisson.bench;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ProcessOutput;
import dev.caisson.app.client.ProcessStart;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.app.client.RemoteStates;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** What the measurements do with Caisson's sandboxes. Safe for use by many threads. */
record Sandboxes(ApiClient api) {
    private static final Duration LIFE = Duration.ofMinutes(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    RemoteSandbox create() {
        return api.create("base", Optional.of(LIFE), Map.of());
    }

    void delete(RemoteSandbox sandbox) {
        api.delete("/sandboxes/" + sandbox.id());
    }

    /** Saving and going back. */
    RemoteStates states() {
        return new RemoteStates(api);
    }

    /** Resumes it if it is paused. */
    RemoteSandbox connect(RemoteSandbox sandbox) {
        return api.connect(sandbox.id());
    }

    /** A way into one that is part of another call's answer. */
    RemoteSandbox reach(JsonNode answer) {
        return api.reach(answer);
    }

    /** Runs a command to its end; it must succeed. */
    void run(RemoteSandbox sandbox, String... command) {
        run(sandbox, List.of(command), data -> {});
    }

    /** Runs a command to its end, and hands over every line of its output as it comes; it must succeed. */
    void follow(RemoteSandbox sandbox, Consumer<String> line, String... command) {
        run(sandbox, List.of(command), new Lines(line)::add);
    }

    private static void run(RemoteSandbox sandbox, List<String> command, Consumer<byte[]> output) {
        var start = new ProcessStart(command, Map.of(), Optional.empty(), Optional.empty(), false, Optional.empty());
        var exit = sandbox.run(start, new ProcessOutput() {
            @Override
            public void started(int pid) {}

            @Override
            public void stdout(byte[] data) {
                output.accept(data);
            }

            @Override
            public void stderr(byte[] data) {}
        });
        if (exit != 0) {
            throw new IllegalStateException(String.join(" ", command) + " exited with " + exit);
        }
    }

    /** So many are kept ready at most; 0 if that is turned off. */
    int mostStandbys() {
        return standbys().path("most").asInt();
    }

    /** Waits until the server has as many ready as it wants; returns at once if it wants none. */
    void awaitStandbys() {
        var until = System.nanoTime() + PATIENCE.toNanos();
        var standbys = standbys();
        while (standbys.path("ready").asInt() < standbys.path("target").asInt()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the server did not get its standbys ready: " + standbys);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            standbys = standbys();
        }
    }

    /** So many are ready now. */
    int readyStandbys() {
        return standbys().path("ready").asInt();
    }

    /** The server's own process. */
    long serverPid() {
        return api.get("/caisson/status").path("pid").asLong();
    }

    private JsonNode standbys() {
        return api.get("/caisson/status").path("standbys");
    }
}
