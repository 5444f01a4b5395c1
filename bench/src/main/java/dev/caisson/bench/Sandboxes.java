package dev.caisson.bench;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.ProcessOutput;
import dev.caisson.app.client.ProcessStart;
import dev.caisson.app.client.RemoteSandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
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

    /** Runs a command to its end; it must succeed. */
    void run(RemoteSandbox sandbox, String... command) {
        var start = new ProcessStart(List.of(command), Map.of(), Optional.empty(), Optional.empty(), false, Optional.empty());
        var exit = sandbox.run(start, new ProcessOutput() {
            @Override
            public void started(int pid) {}

            @Override
            public void stdout(byte[] data) {}

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

    private JsonNode standbys() {
        return api.get("/caisson/status").path("standbys");
    }
}
