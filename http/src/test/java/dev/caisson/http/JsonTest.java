package dev.caisson.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    record Create(String templateID, Optional<Integer> timeout, Optional<Map<String, String>> metadata) {}

    record Shown(String name, Optional<String> alias, List<String> tags, Instant at) {}

    private final Handler echo = exchange -> {
        var request = Json.read(exchange, Create.class);
        Json.send(exchange, 201, Map.of("text", request.toString()));
    };

    private FakeExchange posting(String body) {
        return FakeExchange.request("POST", "/").body(body).handledBy(echo);
    }

    @Test
    void absentAndNullOptionalsAreEmptyAndUnknownPropertiesIgnored() {
        assertThat(posting("{\"templateID\":\"base\",\"timeout\":null,\"new\":{\"a\":[1]}}").answerText())
                .contains("Create[templateID=base, timeout=Optional.empty, metadata=Optional.empty]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "{", "{\"templateID\":", "[]", "\"text\"", "12", "null", "{\"templateID\":\"a\"} x",
        "{\"timeout\":\"soon\"}", "{\"metadata\":{\"a\":[]}}", "{\"timeout\":99999999999}"})
    void whatIsNotARequestIsAValidationError(String body) {
        var exchange = posting(body);
        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.answerText()).startsWith("{\"code\":400,\"message\":\"validation error: ")
                .doesNotContain("java").doesNotContain("dev.caisson");
    }

    @Test
    void aWrongPropertyIsNamed() {
        assertThat(posting("{\"metadata\":{\"colour\":[]}}").answerText()).contains("metadata.colour");
    }

    @Test
    void anEmptyBodyIsNothingWhereNoneIsNeeded() {
        var exchange = FakeExchange.request("POST", "/").body(" \n").handledBy(empty -> Json.send(
                empty, 200, Json.readIfAny(empty, Create.class).isPresent()));
        assertThat(exchange.answerText()).isEqualTo("false");
    }

    @Test
    void aBodyBeyondTheLimitIs413WithOrWithoutLength() {
        var longBody = new byte[Json.BODY_LIMIT + 1];
        assertThat(FakeExchange.request("POST", "/").body(longBody).handledBy(echo).status()).isEqualTo(413);
        assertThat(FakeExchange.request("POST", "/").body(new java.io.ByteArrayInputStream(longBody)).handledBy(echo).status())
                .isEqualTo(413);
    }

    @Test
    void answersLeaveOutAbsentValuesAndKeepEmptyListsAndNullEntries() {
        var shown = new Shown("a", Optional.empty(), List.of(), Instant.parse("2026-01-02T03:04:05.678901Z"));
        assertThat(new String(Json.bytes(shown), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"name\":\"a\",\"tags\":[],\"at\":\"2026-01-02T03:04:05.678901Z\"}");
        var map = new HashMap<String, Object>();
        map.put("createdBy", null);
        assertThat(Json.bytes(map)).isEqualTo("{\"createdBy\":null}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
