package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxTokens;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.testing.FakeNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the edge itself answers can be read by scripts of any origin, so that clients in browsers see what happened. */
class EdgeCorsTest {
    private static final String ORIGIN = "https://app.example";

    private final FakeNode node = new FakeNode(InstantSource.system());
    private final Front front = Fronts.of(
            node, new SandboxTokens(new byte[32]), (_, exchange) -> exchange.send(200, new byte[0]), (_, _, _) -> Optional.empty(), _ -> {});
    private final String id =
            node.create(new CreateRequest("base", "team", Duration.ofMinutes(5), true, true, Map.of(), Map.of())).id().value();

    private static FakeExchange script(String method, String target, String sandbox, int port) {
        return FakeExchange.request(method, target).header("Origin", ORIGIN)
                .header("E2b-Sandbox-Id", sandbox).header("E2b-Sandbox-Port", Integer.toString(port));
    }

    private static void assertReadable(FakeExchange exchange, int status) {
        assertThat(exchange.status()).isEqualTo(status);
        assertThat(exchange.answerHeader("Access-Control-Allow-Origin")).contains("*");
    }

    @Test
    void thatASandboxIsGone() {
        var asked = script("OPTIONS", "/health", "gone", 49983).header("Access-Control-Request-Method", "GET")
                .header("Access-Control-Request-Headers", "x-access-token").handledBy(front);
        assertReadable(asked, 204);
        assertThat(asked.answerHeader("Access-Control-Allow-Headers")).contains("x-access-token");
        assertReadable(script("GET", "/health", "gone", 49983).handledBy(front), 502);
    }

    @Test
    void thatAPortIsClosed() {
        assertReadable(script("GET", "/", id, 3000).handledBy(front), 502);
    }

    @Test
    void thatAPathIsReserved() {
        assertReadable(script("POST", "/init", id, 49983).handledBy(front), 404);
    }

    @Test
    void whoIsNoScriptOfAnotherOriginGetsNoSuchHeaders() {
        var exchange = FakeExchange.request("GET", "/").header("E2b-Sandbox-Id", "gone").handledBy(front);
        assertThat(exchange.answerHeader("Access-Control-Allow-Origin")).isEmpty();
    }
}
