package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.http.Json;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.NodeException;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code contract/rest-api.md} §2, §15.1 D, §15.2: what an error looks like, wherever it comes from. */
class ErrorsTest {
    private static final String BASE = "{\"templateID\":\"base\"}";

    private ControlPlane plane;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    /** Trap 1. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET|/nowhere|404", "PUT|/sandboxes|405", "OPTIONS|/sandboxes|405", "HEAD|/v2/sandboxes|405", "GET|/sandboxes/|404",
        "POST|/v2/sandboxes|400", "GET|/sandboxes/%zz|400", "GET|/sandboxes/a-b-c|400", "GET|/sandboxes/nonexistingsandbox|404",
        "DELETE|/sandboxes/nonexistingsandbox|404", "GET|/v2/sandboxes?limit=0|400", "GET|/v2/sandboxes?state=%zz|400",
        "GET|/templates/nope|404", "DELETE|/templates/base|403", "DELETE|/api-keys/x|400", "POST|/v3/templates|501", "GET|/nodes|401",
        "POST|/templates|410", "GET|/envs|410", "GET|/sandboxes/metrics|400"
    })
    void everyErrorHasANumericCodeAndAMessage(String method, String target, int expected) {
        requireError(plane.call(method, target, "", expected), expected);
    }

    @Test
    void aWrongMethodNamesTheRightOnes() {
        assertThat(plane.call("PUT", "/sandboxes", "", 405).answerHeader("Allow")).contains("GET, POST");
    }

    /** Trap 70. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST|/v2/sandboxes", "GET|/sandboxes/nonexistingsandbox", "GET|/sandboxes/a-b-c", "GET|/v2/sandboxes?limit=0",
        "GET|/templates/nope", "POST|/v3/templates", "POST|/templates", "DELETE|/api-keys/x", "POST|/caisson/teams",
        "POST|/admin/teams/x/api-keys", "GET|/sandboxes/metrics"
    })
    void aMissingKeyWinsOverABadRequest(String method, String target) {
        requireError(plane.answered(FakeExchange.request(method, target).body("{broken"), 401), 401);
    }

    @Test
    void aBodyThatIsTooLongIs413WhetherItSaysSoOrNot() {
        var announced = plane.request("POST", "/v2/sandboxes", "x".repeat(Json.BODY_LIMIT + 1));
        requireError(plane.answered(announced, 413), 413);
        var endless = plane.request("POST", "/v2/sandboxes", "").body(new Endless());
        requireError(plane.answered(endless, 413), 413);
        assertThat(plane.node.list()).isEmpty();
    }

    /** §15.2: what the client's own repeats may not do is make a second sandbox. */
    @ParameterizedTest
    @CsvSource({
        "EXHAUSTED,503,true,sandbox_capacity_unavailable", "UNAVAILABLE,503,true,''", "TIMEOUT,504,false,sandbox_placement_timeout",
        "INTERNAL,500,false,sandbox_create_failed"
    })
    void aFailedCreateSaysWhetherToTryAgain(Category category, int expected, boolean again, String code) {
        plane.node.failCreates(new NodeException(category, "why"));
        var answer = plane.call("POST", "/v2/sandboxes", BASE, expected);
        requireError(answer, expected);
        assertThat(answer.answerHeader("Should-Retry")).contains(Boolean.toString(again));
        assertThat(answer.answerHeader("Retry-After").isPresent()).isEqualTo(again);
        assertThat(json(answer).path("error_code").asString("")).isEqualTo(code);
    }

    /** Trap 72. */
    @Test
    void theTeamsLimitIs429InJsonAndWorthARepeat() {
        for (int i = 0; i < plane.team.maxSandboxes(); i++) {
            plane.create("{}");
        }
        var answer = plane.call("POST", "/v2/sandboxes", BASE, 429);
        requireError(answer, 429);
        assertThat(message(answer)).startsWith("you have reached the maximum number of concurrent E2B sandboxes (3)");
        assertThat(answer.answerHeader("Should-Retry")).contains("true");
        assertThat(answer.answerHeader("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
    }

    @Test
    void whatIsNotThereYetIsNotWorthARepeat() {
        var answer = plane.call("POST", "/v3/templates", "{}", 501);
        assertThat(answer.answerHeader("Should-Retry")).contains("false");
        assertThat(answer.answerHeader("Retry-After")).isEmpty();
    }

    private static void requireError(FakeExchange exchange, int status) {
        assertThat(exchange.answerHeader("Content-Type")).contains("application/json; charset=utf-8");
        var body = json(exchange);
        assertThat(body.path("code").isInt()).isTrue();
        assertThat(body.path("code").asInt()).isEqualTo(status);
        assertThat(body.path("message").asString()).isNotBlank();
        if (status == 429 || status >= 500) {
            assertThat(exchange.answerHeader("Should-Retry")).isPresent();
        }
    }

    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 'x';
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return length;
        }
    }
}
