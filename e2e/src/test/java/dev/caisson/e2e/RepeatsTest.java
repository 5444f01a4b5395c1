package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Creates that are repeated with their {@code Idempotency-Key}, the server dying in between. */
@Tag("root")
class RepeatsTest {
    private static final String BODY = "{\"templateID\":\"base\",\"timeout\":600}";
    private final JsonMapper json = new JsonMapper();

    @Test
    void aRepeatNeverMakesASecondSandbox() throws Exception {
        try (var caisson = Caisson.up(); var http = HttpClient.newHttpClient()) {
            var first = create(caisson, http, "one");
            assertThat(first.statusCode()).isEqualTo(201);
            assertThat(create(caisson, http, "one").body()).isEqualTo(first.body());

            caisson.killServer();
            caisson.cli("up").expectSuccess();
            assertThat(create(caisson, http, "one").body()).isEqualTo(first.body());
            assertThat(sandboxes(caisson)).containsExactly(id(first));

            var repeats = new ArrayList<CompletableFuture<HttpResponse<String>>>();
            for (int i = 0; i < 8; i++) {
                repeats.add(http.sendAsync(request(caisson, "two"), HttpResponse.BodyHandlers.ofString()));
            }
            for (var repeat : repeats) {
                var answer = repeat.get(60, TimeUnit.SECONDS);
                assertThat(answer.statusCode()).as(answer.body()).isIn(201, 409);
                if (answer.statusCode() == 409) {
                    assertThat(answer.body()).contains("idempotency_in_progress");
                    assertThat(answer.headers().firstValue("Should-Retry")).contains("true");
                }
            }
            assertThat(sandboxes(caisson)).hasSize(2);
        }
    }

    /** Wherever the server dies: either the sandbox is there and its answer known, or nobody makes another with this key. */
    @Test
    void aServerThatDiesInTheMiddleOfACreateDoesNotRepeatIt() throws Exception {
        try (var caisson = Caisson.up(); var http = HttpClient.newHttpClient()) {
            for (int round = 0; round < 3; round++) {
                var before = sandboxes(caisson).size();
                var key = "round-" + round;
                var pending = http.sendAsync(request(caisson, key), HttpResponse.BodyHandlers.ofString());
                // Some way into the create, further in every round.
                pending.handle((answer, failure) -> true).completeOnTimeout(true, 30L + 60L * round, TimeUnit.MILLISECONDS).join();
                caisson.killServer();
                caisson.cli("up").expectSuccess();

                var again = create(caisson, http, key);
                var after = sandboxes(caisson);
                assertThat(after.size()).as("sandboxes of round %d", round).isBetween(before, before + 1);
                if (again.statusCode() == 201) {
                    assertThat(after).contains(id(again));
                } else {
                    assertThat(again.statusCode()).as(again.body()).isEqualTo(409);
                    assertThat(again.body()).contains("idempotency_outcome_unknown");
                    assertThat(again.headers().firstValue("Should-Retry")).contains("false");
                }
                assertThat(create(caisson, http, key).body()).isEqualTo(again.body());
                assertThat(sandboxes(caisson)).containsExactlyInAnyOrderElementsOf(after);
            }
        }
    }

    @Test
    void theOperatorReplacesTheKeyThatTheCommandsUse() throws Exception {
        try (var caisson = Caisson.up(); var http = HttpClient.newHttpClient()) {
            var before = caisson.access().key();
            assertThat(caisson.cli("keys", "revoke", "first").exitCode()).isEqualTo(1);
            caisson.cli("keys", "revoke", "first", "--team", "default").expectSuccess();
            assertThat(caisson.access().key()).isNotEqualTo(before);
            caisson.cli("ls").expectSuccess();

            caisson.cli("teams", "create", "Data Science", "--max-sandboxes", "1").expectSuccess();
            var key = caisson.cli("keys", "create", "ci", "--team", "data-science").expectSuccess().output().strip();
            var teams = http.send(
                    HttpRequest.newBuilder(URI.create(caisson.access().url() + "/teams")).header("Authorization", "Bearer " + key).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(json.readTree(teams.body()).path(0).path("apiKey").asString()).isEqualTo(key);
            assertThat(caisson.cli("run", "--isolation", "microvm", "--", "true").errors()).contains("by 'microvm' at least");
            assertThat(sandboxes(caisson)).isEmpty();
        }
    }

    private HttpResponse<String> create(Caisson caisson, HttpClient http, String key) throws IOException, InterruptedException {
        return http.send(request(caisson, key), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(Caisson caisson, String key) {
        return HttpRequest.newBuilder(URI.create(caisson.access().url() + "/v2/sandboxes"))
                .timeout(Duration.ofSeconds(60))
                .header("X-API-Key", caisson.access().key())
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(BODY))
                .build();
    }

    private String id(HttpResponse<String> made) {
        return json.readTree(made.body()).path("sandboxID").asString();
    }

    private static java.util.List<String> sandboxes(Caisson caisson) {
        try (var api = caisson.api()) {
            return api.sandboxes().valueStream().map((JsonNode row) -> row.path("sandboxID").asString()).toList();
        }
    }
}
