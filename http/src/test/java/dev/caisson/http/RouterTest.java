package dev.caisson.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.http.testing.FakeExchange;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RouterTest {
    private final Router router = Router.builder()
            .get("/templates/{id}", (exchange, path) -> say(exchange, "template " + path.get("id")))
            .get("/templates/{id}/tags", (exchange, path) -> say(exchange, "tags of " + path.get("id")))
            .delete("/templates/{id}", (exchange, path) -> say(exchange, "delete " + path.get("id")))
            .delete("/templates/tags", (exchange, path) -> say(exchange, "delete tags"))
            .get("/templates/aliases/{alias}", (exchange, path) -> say(exchange, "alias " + path.get("alias")))
            .build();

    private static void say(Exchange exchange, String text) throws IOException {
        Json.send(exchange, 200, text);
    }

    private String answer(String method, String target) {
        return FakeExchange.request(method, target).handledBy(router).answerText();
    }

    @Test
    void anEncodedSlashStaysWithinItsSegment() {
        assertThat(answer("GET", "/templates/team%2Fname%3Atag/tags")).isEqualTo("\"tags of team/name:tag\"");
    }

    @Test
    void aLiteralSegmentWinsOverAParameter() {
        assertThat(answer("DELETE", "/templates/tags")).isEqualTo("\"delete tags\"");
        assertThat(answer("DELETE", "/templates/other")).isEqualTo("\"delete other\"");
        assertThat(answer("GET", "/templates/aliases/tags")).isEqualTo("\"alias tags\"");
    }

    @Test
    void theMethodDecidesAmongMatchingPatterns() {
        assertThat(answer("GET", "/templates/tags")).isEqualTo("\"template tags\"");
    }

    @Test
    void anUnknownPathIs404WithTheStatusInTheBody() {
        var exchange = FakeExchange.request("GET", "/nothing").handledBy(router);
        assertThat(exchange.status()).isEqualTo(404);
        assertThat(exchange.answerText()).startsWith("{\"code\":404,\"message\":");
    }

    @Test
    void emptySegmentsMatchNoParameter() {
        assertThat(FakeExchange.request("GET", "/templates/").handledBy(router).status()).isEqualTo(404);
        assertThat(FakeExchange.request("GET", "/templates//tags").handledBy(router).status()).isEqualTo(404);
    }

    @Test
    void aWrongMethodIs405AndSaysWhichAreAllowed() {
        var exchange = FakeExchange.request("PUT", "/templates/x").handledBy(router);
        assertThat(exchange.status()).isEqualTo(405);
        assertThat(exchange.answerHeader("Allow")).contains("GET, DELETE");
    }

    @Test
    void aBrokenEscapeIs400() {
        assertThat(FakeExchange.request("GET", "/templates/%zz").handledBy(router).status()).isEqualTo(400);
        assertThat(FakeExchange.request("GET", "/templates/%f").handledBy(router).status()).isEqualTo(400);
        assertThat(FakeExchange.request("GET", "/templates/%ff").handledBy(router).status()).isEqualTo(400);
        assertThat(FakeExchange.request("GET", "*").handledBy(router).status()).isEqualTo(400);
    }
}
