package dev.caisson.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import dev.caisson.http.testing.FakeExchange;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HttpFailureTest {
    private static final Map<Category, Integer> STATUSES = Map.of(
            Category.INVALID, 400, Category.UNAUTHENTICATED, 401, Category.DENIED, 403, Category.NOT_FOUND, 404,
            Category.CONFLICT, 409, Category.EXHAUSTED, 429, Category.INTERNAL, 500, Category.UNSUPPORTED, 501,
            Category.UNAVAILABLE, 503, Category.TIMEOUT, 504);

    private static FakeExchange failing(RuntimeException failure) {
        return FakeExchange.request("GET", "/").handledBy(_ -> {
            throw failure;
        });
    }

    @ParameterizedTest
    @EnumSource
    void everyCategoryHasItsStatusInHeadAndBody(Category category) {
        var exchange = failing(new HttpException(category, "why \"so\""));
        int status = STATUSES.getOrDefault(category, 0);
        assertThat(exchange.status()).isEqualTo(status);
        assertThat(exchange.answerText()).isEqualTo("{\"code\":" + status + ",\"message\":\"why \\\"so\\\"\"}");
        assertThat(exchange.answerHeader("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(exchange.complete()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void everyRefusalThatClientsMayRepeatSaysWhetherToAndWhen(Category category) {
        var exchange = failing(new HttpException(category, "why"));
        boolean again = category == Category.EXHAUSTED || category == Category.UNAVAILABLE;
        if (exchange.status() == 429 || exchange.status() >= 500) {
            assertThat(exchange.answerHeader("Should-Retry")).contains(Boolean.toString(again));
        } else {
            assertThat(exchange.answerHeader("Should-Retry")).isEmpty();
        }
        assertThat(exchange.answerHeader("Retry-After")).isEqualTo(again ? Optional.of("1") : Optional.empty());
    }

    @Test
    void aDefectIs500WithoutItsMessage() {
        var exchange = failing(new IllegalStateException("/var/lib/secret"));
        assertThat(exchange.status()).isEqualTo(500);
        assertThat(exchange.answerText()).contains("\"code\":500").doesNotContain("secret");
    }

    @Test
    void anErrorCodeIsSentWhenThereIsOne() {
        var exchange = failing(new HttpException(Category.TIMEOUT, "slow").withErrorCode("sandbox_placement_timeout"));
        assertThat(exchange.answerText())
                .isEqualTo("{\"code\":504,\"message\":\"slow\",\"error_code\":\"sandbox_placement_timeout\"}");
    }

    @Test
    void aFailureAfterTheHeadCutsTheAnswerOff() {
        var exchange = FakeExchange.request("GET", "/").handledBy(answer -> {
            try (var out = answer.start(200)) {
                out.write('x');
                throw HttpException.invalid("too late");
            }
        });
        assertThat(exchange.aborted()).isTrue();
        assertThat(exchange.complete()).isFalse();
    }

    @Test
    void aClientThatLeftGetsNothing() {
        var exchange = FakeExchange.request("GET", "/").handledBy(_ -> {
            throw new IOException("gone");
        });
        assertThat(exchange.started()).isFalse();
        assertThat(exchange.aborted()).isTrue();
    }

    @Test
    void aHandlerThatAnswersNothingIs500() {
        assertThat(FakeExchange.request("GET", "/").handledBy(_ -> {}).status()).isEqualTo(500);
    }
}
