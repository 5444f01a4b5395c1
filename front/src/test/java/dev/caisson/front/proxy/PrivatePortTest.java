package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import dev.caisson.node.Ingress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivatePortTest {
    private static final String MISSING =
            "Sandbox is secured with traffic access token. Token header 'e2b-traffic-access-token' is missing";
    private static final String WRONG =
            "Sandbox is secured with traffic access token. Provided token in header 'e2b-traffic-access-token' is invalid";
    private static final String BROWSER = "User-Agent: Mozilla/5.0 Firefox/140";

    private final AtomicInteger served = new AtomicInteger();
    private Services services;
    private SandboxId sandbox;
    private String token;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
        sandbox = services.newSandbox(new Ingress(true, false, ""));
        token = Services.TOKENS.trafficToken(sandbox, 0);
        services.serve(sandbox, stream -> {
            served.incrementAndGet();
            Services.echoHead(stream);
        });
    }

    @AfterEach
    void stop() {
        services.close();
    }

    @Test
    void withoutTheTokenNothingReachesTheService() throws Exception {
        try (var client = services.client()) {
            var answer = client.get("/", Services.host(sandbox)).answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("Content-Type")).contains("application/json; charset=utf-8");
            assertThat(answer.body()).isEqualTo(json(MISSING));
            assertThat(client.get("/", Services.host(sandbox), "e2b-traffic-access-token:").answer().body()).isEqualTo(json(MISSING));
        }
        assertThat(served).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "0000000000000000000000000000000000000000000000000000000000000000", "upper", "other"})
    void norWithAnotherToken(String given) throws Exception {
        var wrong = given.equals("upper") ? token.toUpperCase(Locale.ROOT)
                : given.equals("other") ? Services.TOKENS.trafficToken(services.sandbox(), 0) : given;
        try (var client = services.client()) {
            var answer = client.get("/", Services.host(sandbox), "e2b-traffic-access-token: " + wrong).answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo(json(WRONG));
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void aBrowserSeesAPage() throws Exception {
        try (var client = services.client()) {
            assertThat(client.get("/", Services.host(sandbox), BROWSER).answer().body())
                    .startsWith("<html").endsWith("</html>").contains("Missing Traffic Access Token", sandbox.value());
            assertThat(client.get("/", Services.host(sandbox), BROWSER, "E2B-Traffic-Access-Token: x").answer().body())
                    .startsWith("<html").endsWith("</html>").contains("Invalid Traffic Access Token", sandbox.value());
        }
    }

    @Test
    void withTheTokenTheServiceIsReachedAndDoesNotSeeIt() throws Exception {
        try (var client = services.client()) {
            var seen = client.get("/", Services.host(sandbox), "X-Mine: 1", "E2B-Traffic-Access-Token: " + token).answer();
            assertThat(seen.status()).isEqualTo(200);
            assertThat(seen.body()).contains("x-mine: 1").doesNotContainIgnoringCase("traffic").doesNotContain(token);
        }
    }

    @Test
    void aScriptOfAnotherOriginMayAskReadTheRefusalAndSendTheToken() throws Exception {
        try (var client = services.client()) {
            var asked = client.request("OPTIONS", "/", "", Services.host(sandbox), "Origin: https://a.example",
                    "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: e2b-traffic-access-token").answer();
            assertThat(asked.status()).isEqualTo(204);
            assertThat(asked.header("Access-Control-Allow-Origin")).contains("*");
            assertThat(asked.header("Access-Control-Allow-Headers")).contains("e2b-traffic-access-token");
            var refused = client.get("/", Services.host(sandbox), "Origin: https://a.example").answer();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header("Access-Control-Allow-Origin")).contains("*");
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void aHeaderOfThatNameIsNobodysSecretWhereThePortsAreOpen() throws Exception {
        services.serve(Services::echoHead);
        try (var client = services.client()) {
            assertThat(client.get("/", services.host(), "e2b-traffic-access-token: mine").answer().body())
                    .contains("e2b-traffic-access-token: mine");
        }
    }

    private String json(String message) {
        return "{\"sandboxId\":\"" + sandbox + "\",\"message\":\"" + message + "\",\"code\":403}";
    }
}
