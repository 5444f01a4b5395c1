package dev.caisson.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import org.junit.jupiter.api.Test;

class CorsTest {
    private final Handler handler = Cors.controlPlane().around(exchange -> {
        throw HttpException.invalid("no");
    });

    @Test
    void aPreflightIsAnsweredBeforeTheHandler() {
        var exchange = FakeExchange.request("OPTIONS", "/sandboxes")
                .header("Origin", "https://a.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "x-api-key, idempotency-key")
                .handledBy(handler);
        assertThat(exchange.status()).isEqualTo(204);
        assertThat(exchange.answerHeader("Access-Control-Allow-Origin")).contains("*");
        assertThat(exchange.answerHeader("Access-Control-Allow-Methods")).contains("POST");
        assertThat(exchange.answerHeader("Access-Control-Allow-Headers")).contains("x-api-key, idempotency-key");
        assertThat(exchange.answerHeader("Access-Control-Max-Age")).contains("7200");
        assertThat(exchange.answerHeader("Vary"))
                .contains("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    }

    @Test
    void errorsCarryTheHeadersToo() {
        var exchange = FakeExchange.request("GET", "/").header("Origin", "https://a.example").handledBy(handler);
        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.answerHeader("Access-Control-Allow-Origin")).contains("*");
        assertThat(exchange.answerHeader("Access-Control-Expose-Headers").orElse(""))
                .contains("X-Next-Token", "Retry-After", "Should-Retry");
        assertThat(exchange.answerHeader("Vary")).contains("Origin");
    }

    @Test
    void withoutOriginOnlyVaryIsSaid() {
        var exchange = FakeExchange.request("OPTIONS", "/").handledBy(handler);
        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.answerHeader("Access-Control-Allow-Origin")).isEmpty();
        assertThat(exchange.answerHeader("Vary")).contains("Origin");
    }
}
