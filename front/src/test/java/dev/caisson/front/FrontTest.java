package dev.caisson.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.SandboxId;
import dev.caisson.base.SandboxTokens;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.Exchange;
import dev.caisson.http.Json;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.CreateRequest;
import dev.caisson.node.EndCause;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrontTest {
    private static final String CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36";
    private static final SandboxTokens TOKENS = new SandboxTokens(new byte[32]);

    private final FakeNode node = new FakeNode(InstantSource.system());
    private final SandboxInfo sandbox = node.create(
            new CreateRequest("base", "team", Duration.ofMinutes(5), true, true, Map.of(), Map.of()));
    private final String id = sandbox.id().value();
    private final Front front = Fronts.of(
            node,
            TOKENS,
            (info, exchange) -> say(exchange, "envd of " + info.id()),
            (method, path, query) -> query.contains("signature=ours-" + method) ? Optional.of(sandbox.id()) : Optional.empty(),
            exchange -> say(exchange, "control plane"));

    private static void say(Exchange exchange, String text) throws IOException {
        Json.send(exchange, 200, text);
    }

    private FakeExchange get(String target) {
        return FakeExchange.request("GET", target);
    }

    @Test
    void aRequestThatNamesNoSandboxIsForTheControlPlane() {
        assertThat(get("/sandboxes").handledBy(front).answerText()).isEqualTo("\"control plane\"");
    }

    @Test
    void theControlPlaneMayBeUsedFromAnyOrigin() {
        var exchange = FakeExchange.request("OPTIONS", "/sandboxes").header("Origin", "https://a.example")
                .header("Access-Control-Request-Method", "POST").handledBy(front);
        assertThat(exchange.status()).isEqualTo(204);
        assertThat(exchange.answerHeader("Access-Control-Allow-Origin")).contains("*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:4747", "127.0.0.1:4747", "[::1]:4747", "api.example.com", "10-0-0-1.nip.io",
        "a-b.example", "8000.example", "", "49983-x"})
    void otherHostNamesAreTheControlPlanes(String host) {
        assertThat(get("/").authority(host).handledBy(front).answerText()).isEqualTo("\"control plane\"");
    }

    @Test
    void headersNameTheSandboxAndItsPort() {
        var envd = "\"envd of " + id + "\"";
        assertThat(get("/x").header("E2b-Sandbox-Id", id).header("E2b-Sandbox-Port", "49983").handledBy(front).answerText())
                .isEqualTo(envd);
        assertThat(get("/x").header("e2b-sandbox-id", id).handledBy(front).answerText()).isEqualTo(envd);
        assertThat(get("/x").header("E2b-Sandbox-Id", id + "-6532622b").handledBy(front).answerText()).isEqualTo(envd);
    }

    @ParameterizedTest
    @ValueSource(strings = {"49983-%s.e2b.localhost", "49983-%s.e2b.localhost:4747", "49983-%s-6532622b.x", "49983-%s-a-b.x"})
    void hostNamesNameTheSandboxAndItsPort(String host) {
        assertThat(get("/x").authority(host.formatted(id)).handledBy(front).answerText()).isEqualTo("\"envd of " + id + "\"");
    }

    @ParameterizedTest
    @CsvSource({"E2b-Sandbox-Id,UPPER,Invalid sandbox ID", "E2b-Sandbox-Id,../x,Invalid sandbox ID",
        "E2b-Sandbox-Port,8000,missing header"})
    void whatCannotNameASandboxIs400InPlainText(String header, String value, String text) {
        var exchange = get("/").header(header, value).handledBy(front);
        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.answerText()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "-1", "http", "99999999999", "８"})
    void aPortThatIsNoneIs400(String port) {
        var exchange = get("/").header("E2b-Sandbox-Id", id).header("E2b-Sandbox-Port", port).handledBy(front);
        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.answerText()).isEqualTo("Invalid sandbox port");
    }

    @Test
    void aSignedLinkLeadsToTheSandboxWhoseTokenSignedIt() {
        var envd = "\"envd of " + id + "\"";
        assertThat(get("/files?path=a&signature=ours-GET").handledBy(front).answerText()).isEqualTo(envd);
        assertThat(FakeExchange.request("OPTIONS", "/files?signature=ours-POST").header("Access-Control-Request-Method", "POST")
                .handledBy(front).answerText()).isEqualTo(envd);
        assertThat(get("/files?signature=foreign").handledBy(front).answerText()).isEqualTo("\"control plane\"");
        assertThat(get("/other?signature=ours-GET").handledBy(front).answerText()).isEqualTo("\"control plane\"");
    }

    @Test
    void anUnknownSandboxIs502InTheWordsThatClientsMatch() {
        var exchange = get("/health").header("E2b-Sandbox-Id", "i0000000000000000000-client").handledBy(front);
        assertThat(exchange.status()).isEqualTo(502);
        assertThat(exchange.answerHeader("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(exchange.answerText())
                .isEqualTo("{\"sandboxId\":\"i0000000000000000000\",\"message\":\"The sandbox was not found\",\"code\":502}");
        assertThat(get("/health").header("E2b-Sandbox-Id", "never").handledBy(front).answerText())
                .isEqualTo("{\"sandboxId\":\"never\",\"message\":\"The sandbox was not found\",\"code\":502}");
    }

    @Test
    void aKilledSandboxIs502AtOnce() {
        node.kill(sandbox.id(), EndCause.REQUEST);
        assertThat(get("/health").header("E2b-Sandbox-Id", id).handledBy(front).status()).isEqualTo(502);
    }

    @Test
    void aBrowserGetsAPage() {
        var exchange = get("/").authority("3000-i0000000000000000000.e2b.localhost").header("User-Agent", CHROME)
                .header("Accept", "text/html,*/*;q=0.8").handledBy(front);
        assertThat(exchange.status()).isEqualTo(502);
        assertThat(exchange.answerHeader("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(exchange.answerText()).startsWith("<html").endsWith("</html>")
                .contains("Sandbox Not Found", "i0000000000000000000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "User-Agent: curl/8 | application/json",
        "User-Agent: Firefox/140 | text/html",
        "User-Agent: Firefox/140; Accept: application/json | application/json",
        "User-Agent: Firefox/140; Accept: application/json, application/problem+json | application/json",
        "User-Agent: Firefox/140; Accept: application/json, */* | text/html",
        "User-Agent: Firefox/140; X-Requested-With: XMLHttpRequest | application/json",
        "User-Agent: Firefox/140; Sec-Fetch-Mode: cors | application/json",
        "User-Agent: Firefox/140; Sec-Fetch-Mode: navigate | text/html",
        "User-Agent: node; Sec-Fetch-Mode: navigate | text/html",
        "User-Agent: node; Sec-Fetch-Mode: cors | application/json",
        "X: y | application/json"})
    void pagesAreForBrowsersAlone(String headers, String type) {
        var exchange = get("/").header("E2b-Sandbox-Id", "gone");
        for (var header : headers.split(";", -1)) {
            int colon = header.indexOf(':');
            exchange.header(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
        }
        assertThat(exchange.handledBy(front).answerHeader("Content-Type").orElse("")).startsWith(type);
    }

    @Test
    void aClosedPortIs502WithThePort() {
        var exchange = get("/").header("E2b-Sandbox-Id", id).header("E2b-Sandbox-Port", "3000").handledBy(front);
        assertThat(exchange.status()).isEqualTo(502);
        assertThat(exchange.answerText()).isEqualTo("{\"sandboxId\":\"" + id
                + "\",\"message\":\"The sandbox is running but port is not open\",\"port\":3000,\"code\":502}");
        var page = get("/").authority("3000-" + id + ".x.y").header("User-Agent", CHROME).handledBy(front);
        assertThat(page.answerText()).startsWith("<html").contains("no service running on port", "3000", id);
    }

    @Test
    void aServiceThatIsAboutToListenIsWaitedFor() {
        var dials = new AtomicInteger();
        var agent = (FakeAgent) node.agent(sandbox.id());
        var exchange = get("/").header("E2b-Sandbox-Id", id).header("E2b-Sandbox-Port", "3000");
        Thread.ofVirtual().start(() -> agent.listen(3000, stream -> {
            dials.incrementAndGet();
            try {
                stream.output().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                stream.input().readAllBytes();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }));
        assertThat(exchange.handledBy(front).answerText()).isEqualTo("ok");
        assertThat(dials).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/init", "/init/", "//init", "/./init", "/x/../init", "/%69nit", "/init?x", "/freeze", "/unfreeze",
        "/collapse", "/fsfreeze", "/fsthaw", "/upgrade"})
    void envdsControlPathsAreReserved(String target) {
        for (var method : new String[] {"GET", "POST", "DELETE"}) {
            var exchange = FakeExchange.request(method, target).header("E2b-Sandbox-Id", id).handledBy(front);
            assertThat(exchange.status()).isEqualTo(404);
            assertThat(exchange.answerText()).contains("\"code\":404", "\"path\":\"/", "reserved for the control plane");
        }
    }

    @Test
    void otherPathsOfEnvdAreNot() {
        assertThat(get("/initial").header("E2b-Sandbox-Id", id).handledBy(front).status()).isEqualTo(200);
        assertThat(get("/x/init").header("E2b-Sandbox-Id", id).handledBy(front).status()).isEqualTo(200);
        assertThat(get("/%zz").header("E2b-Sandbox-Id", id).handledBy(front).status()).isEqualTo(200);
    }

    @Test
    void whatAHandlerSaysAfterItsSandboxEndedIsNotHeard() {
        var saying = Fronts.of(
                node,
                TOKENS,
                (info, exchange) -> {
                    var out = exchange.start(200);
                    out.write('1');
                    out.flush();
                    node.kill(info.id(), EndCause.REQUEST);
                    out.write('2');
                    out.flush();
                },
                (_, _, _) -> Optional.empty(),
                _ -> {});
        var exchange = get("/").header("E2b-Sandbox-Id", id).handledBy(saying);
        assertThat(exchange.answerText()).isEqualTo("1");
        assertThat(exchange.aborted()).isTrue();
        assertThat(exchange.complete()).isFalse();
        assertThat(saying.openExchanges()).isZero();
    }

    @Test
    void anAnswerOfASandboxThatJustEndedIsNotFound() {
        var late = Fronts.of(
                node,
                TOKENS,
                (info, exchange) -> {
                    node.kill(info.id(), EndCause.REQUEST);
                    Json.send(exchange, 503, "unavailable");
                },
                (_, _, _) -> Optional.empty(),
                _ -> {});
        var exchange = get("/").header("E2b-Sandbox-Id", id).handledBy(late);
        assertThat(exchange.status()).isEqualTo(502);
        assertThat(exchange.answerText()).contains("The sandbox was not found");
    }

    @Test
    void endingASandboxCutsOffItsExchangesAndNoOthers() {
        var other = SandboxId.random();
        var holding = Fronts.of(
                node,
                TOKENS,
                (info, exchange) -> {
                    exchange.start(200);
                    sandboxEnds(other, exchange, false);
                    sandboxEnds(info.id(), exchange, true);
                },
                (_, _, _) -> Optional.empty(),
                _ -> {});
        holder = holding;
        var exchange = get("/").header("E2b-Sandbox-Id", id).handledBy(holding);
        assertThat(exchange.aborted()).isTrue();
        assertThat(holding.openExchanges()).isZero();
    }

    @Test
    void anExchangeThatIsNotAnsweredYetIsAnsweredThatTheSandboxWasNotFound() {
        var holding = Fronts.of(
                node,
                TOKENS,
                (info, exchange) -> {
                    node.kill(info.id(), EndCause.REQUEST);
                    sandboxEnds(info.id(), exchange, false);
                    Json.send(exchange, 503, "unavailable");
                },
                (_, _, _) -> Optional.empty(),
                _ -> {});
        holder = holding;
        var exchange = get("/").header("E2b-Sandbox-Id", id).handledBy(holding);
        assertThat(exchange.aborted()).isFalse();
        assertThat(exchange.status()).isEqualTo(502);
    }

    @Test
    void anExchangeThatGivesNoAnswerIsCutOffAMomentLater() {
        var holding = Fronts.of(
                node,
                TOKENS,
                (info, exchange) -> {
                    var cut = new CountDownLatch(1);
                    exchange.onAbort(cut::countDown);
                    node.kill(info.id(), EndCause.REQUEST);
                    holder.runEnded(info.id());
                    await().until(() -> cut.getCount() == 0);
                },
                (_, _, _) -> Optional.empty(),
                _ -> {});
        holder = holding;
        assertThat(get("/").header("E2b-Sandbox-Id", id).handledBy(holding).aborted()).isTrue();
    }

    private Front holder = front;

    private void sandboxEnds(SandboxId ended, Exchange exchange, boolean cut) {
        var aborted = new AtomicInteger();
        exchange.onAbort(aborted::incrementAndGet);
        holder.runEnded(ended);
        assertThat(aborted.get() == 1).isEqualTo(cut);
    }
}
