package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.Query;
import dev.caisson.http.testing.FakeExchange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessTest {
    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd =
            new EnvdFixture(agent, true, Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC));

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void callsNeedTheToken() {
        var missing = envd.unary("/process.Process/List", "{}");
        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.answerText()).contains("\"code\":401");
        assertThat(list("wrong").status()).isEqualTo(401);
        assertThat(list(envd.token()).status()).isEqualTo(200);
    }

    @Test
    void streamsAreRefusedAsPlainHttp() {
        var answer = envd.stream("/process.Process/Start", "{\"process\":{\"cmd\":\"x\"}}");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.answerText()).startsWith("{\"code\":401,");
    }

    @Test
    void healthIsOpenAndMetricsAreNot() {
        assertThat(envd.send(FakeExchange.request("GET", "/health")).status()).isEqualTo(204);
        assertThat(envd.send(FakeExchange.request("GET", "/metrics")).status()).isEqualTo(401);
        assertThat(envd.send(FakeExchange.request("HEAD", "/files")).status()).isEqualTo(401);
    }

    @Test
    void preflightsNeedNoToken() {
        var answer = envd.send(FakeExchange.request("OPTIONS", "/process.Process/List")
                .header("Origin", "https://a.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "x-access-token"));
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.answerHeader("Access-Control-Allow-Headers")).contains("x-access-token");
    }

    @Test
    void filesTakeTokenOrSignature() {
        agent.files().put("/home/user/a.txt", "text");
        assertThat(file("", "").answerText()).isEqualTo("{\"code\":401,\"message\":\"missing signature query parameter\"}");
        assertThat(file(envd.token(), "").answerText()).isEqualTo("text");
        assertThat(file("wrong", "&signature=" + sign("")).answerText())
                .isEqualTo("{\"code\":401,\"message\":\"access token present in header but does not match\"}");
        assertThat(file("", "&signature=" + sign("")).answerText()).isEqualTo("text");
        assertThat(file("", "&signature=v1_x").answerText()).isEqualTo("{\"code\":401,\"message\":\"invalid signature\"}");
        var expiring = "&signature_expiration=1000";
        assertThat(file("", expiring + "&signature=" + sign(expiring)).answerText()).isEqualTo("text");
        var expired = "&signature_expiration=999";
        assertThat(file("", expired + "&signature=" + sign(expired)).answerText())
                .isEqualTo("{\"code\":401,\"message\":\"signature is already expired\"}");
        assertThat(file("", expired + "&signature=" + sign("")).answerText())
                .isEqualTo("{\"code\":401,\"message\":\"invalid signature\"}");
    }

    @Test
    void aSignedLinkFindsItsSandbox() {
        envd.add(new FakeAgent(), true);
        envd.add(new FakeAgent(), false);
        var query = "path=a.txt&signature=" + sign("");
        assertThat(envd.service.findBySignature("GET", "/files", query)).contains(envd.sandbox.id());
        assertThat(envd.service.findBySignature("POST", "/files", query)).isEmpty();
        assertThat(envd.service.findBySignature("GET", "/files", "path=a.txt")).isEmpty();
        assertThat(envd.service.findBySignature("GET", "/health", query)).isEmpty();
    }

    @Test
    void anOpenSandboxIsNeverFoundBySignature() {
        try (var open = EnvdFixture.open(agent)) {
            var signature = FileSignature.of("GET", Query.parse("path=a.txt")).expected(open.token());
            var query = "path=a.txt&signature=" + URLEncoder.encode(signature, StandardCharsets.UTF_8);
            assertThat(open.service.findBySignature("GET", "/files", query)).isEmpty();
        }
    }

    private FakeExchange list(String token) {
        return envd.send(FakeExchange.request("POST", "/process.Process/List")
                .header("Content-Type", "application/json")
                .header("X-Access-Token", token)
                .body("{}"));
    }

    private FakeExchange file(String token, String more) {
        var exchange = FakeExchange.request("GET", "/files?path=a.txt" + more);
        return envd.send(token.isEmpty() ? exchange : exchange.header("X-Access-Token", token));
    }

    private String sign(String more) {
        var digest = FileSignature.of("GET", Query.parse("path=a.txt" + more)).expected(envd.token());
        return URLEncoder.encode(digest, StandardCharsets.UTF_8);
    }
}
