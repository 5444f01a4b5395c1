package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Sandboxes that are ready before anybody asks, as a user meets them. What they leave is what {@link Caisson} checks. */
@Tag("root")
class ReadySandboxesTest {
    private static final Duration LIFE = Duration.ofMinutes(5);

    @Test
    void aCreateGetsOneThatWasReadyAndStatusCountsThem() throws Exception {
        try (var caisson = Caisson.up("--standbys", "2"); var api = caisson.api()) {
            awaitReady(api);
            assertThat(api.get("/v2/sandboxes")).isEmpty();
            var ready = folders(caisson);

            var sandbox = api.create("base", Optional.of(LIFE), Map.of("GREETING", "hello"));

            assertThat(ready).contains(sandbox.id());
            assertThat(Commands.sh(sandbox, "echo $GREETING").output()).isEqualTo("hello\n");
            awaitReady(api);
            assertThat(caisson.cli("status").expectSuccess().output()).contains("standbys     1 ready and 0 being made, of 1 that are wanted (2 at most)");
            assertThat(caisson.cli("status", "--json").expectSuccess().output()).contains("\"standbys\"");
            api.delete("/sandboxes/" + sandbox.id());
        }
    }

    @Test
    void turnedOffTheyGoAndWhatWasClaimedStays() throws Exception {
        try (var caisson = Caisson.up("--standbys", "auto"); var api = caisson.api()) {
            awaitReady(api);
            var sandbox = api.create("base", Optional.of(LIFE), Map.of());

            caisson.cli("up", "--standbys", "off").expectSuccess();

            assertThat(standbys(api).path("most").asInt()).isZero();
            assertThat(folders(caisson)).containsExactly(sandbox.id());
            assertThat(Commands.sh(sandbox, "echo still there").output()).isEqualTo("still there\n");
            assertThat(caisson.cli("up", "--standbys", "some").exitCode()).isNotZero();
        }
    }

    @Test
    void thoseOfAServerThatWasKilledAreRemovedByTheNext() throws Exception {
        try (var caisson = Caisson.up("--standbys", "1"); var api = caisson.api()) {
            awaitReady(api);
            var sandbox = api.create("base", Optional.of(LIFE), Map.of());
            awaitReady(api);
            var before = new ArrayList<>(folders(caisson));
            before.remove(sandbox.id());

            caisson.killServer();
            caisson.cli("up").expectSuccess();

            try (var next = caisson.api()) {
                var repair = next.get("/caisson/status").path("repair");
                assertThat(repair.path("adopted").asInt()).isEqualTo(1);
                assertThat(repair.path("repaired").toString()).contains("kept ready for nobody");
                assertThat(folders(caisson)).contains(sandbox.id()).doesNotContainAnyElementsOf(before);
                assertThat(Commands.sh(sandbox, "echo still there").output()).isEqualTo("still there\n");
            }
        }
    }

    private static void awaitReady(ApiClient api) {
        await().atMost(Duration.ofSeconds(60)).until(() -> standbys(api).path("ready").asInt() == 1 && standbys(api).path("making").asInt() == 0);
    }

    private static JsonNode standbys(ApiClient api) {
        return api.get("/caisson/status").path("standbys");
    }

    private static List<String> folders(Caisson caisson) throws IOException {
        try (var entries = Files.list(caisson.installation().sandboxes())) {
            return entries.filter(Files::isDirectory).map(folder -> folder.getFileName().toString()).toList();
        }
    }
}
