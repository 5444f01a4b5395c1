package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.guest.Identity;
import dev.caisson.guest.testing.FakeAgent;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.EndCause;
import dev.caisson.node.NodeException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestRoutesTest {
    private final FakeAgent agent = new FakeAgent();
    private final EnvdFixture envd = EnvdFixture.open(agent);

    @AfterEach
    void close() {
        envd.close();
    }

    @Test
    void healthIsNoContent() {
        var answer = get("/health");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.answerHeader("Cache-Control")).contains("no-store");
    }

    @Test
    void aSandboxThatIsGoneIsLeftToTheCaller() {
        var exchange = FakeExchange.request("GET", "/health");
        envd.node.kill(envd.sandbox.id(), EndCause.REQUEST);
        assertThatThrownBy(() -> envd.service.handle(envd.sandbox, exchange)).isInstanceOf(NodeException.class);
        assertThat(exchange.started()).isFalse();
    }

    @Test
    void aSandboxThatCannotBeReachedIsNotHealthy() {
        agent.breakLink();
        assertThat(get("/health").status()).isEqualTo(502);
        assertThat(get("/health").answerText()).contains("The sandbox was not found");
    }

    @Test
    void metricsAreWholeNumbersInBytes() {
        assertThat(get("/metrics").answerText().replaceFirst("\"ts\":\\d+", "\"ts\":1")).isEqualTo("""
                {"ts":1,"cpu_count":2,"cpu_used_pct":5.0,"mem_total_mib":1024,"mem_used_mib":512,"mem_total":1073741824,\
                "mem_used":536870912,"mem_cache":134217728,"disk_total":10737418240,"disk_used":1073741824}""");
    }

    @Test
    void theEnvironmentIsThatOfTheSandbox() {
        agent.init(new Identity("i", "t", "h", "user", "", Map.of("K", "v"), Instant.EPOCH, new byte[32], new byte[32], 0));
        assertThat(get("/envs").answerText()).isEqualTo("{\"K\":\"v\"}");
    }

    @Test
    void othersAreNotFoundAndWrongMethodsNotAllowed() {
        assertThat(get("/nothing").status()).isEqualTo(404);
        assertThat(get("/process.Process/Nothing").status()).isEqualTo(404);
        var answer = envd.send(FakeExchange.request("POST", "/health"));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.answerHeader("Allow")).contains("GET");
    }

    @Test
    void anUnknownBasicUserFailsEveryRoute() {
        for (var path : new String[] {"/health", "/metrics", "/envs", "/files"}) {
            var answer = envd.send(FakeExchange.request("GET", path).header("Authorization", "Basic Z2hvc3Q6"));
            assertThat(answer.status()).as(path).isEqualTo(401);
            assertThat(answer.answerText()).contains("\"code\":\"unauthenticated\"");
        }
        assertThat(envd.send(FakeExchange.request("GET", "/health").header("Authorization", "Basic cm9vdDo=")).status())
                .isEqualTo(204);
        assertThat(envd.send(FakeExchange.request("GET", "/health").header("Authorization", "Bearer x")).status())
                .isEqualTo(204);
        assertThat(envd.send(FakeExchange.request("GET", "/health").header("Authorization", "Basic !")).status())
                .isEqualTo(204);
    }

    @Test
    void answersToOtherOriginsSayTheyMayBeRead() {
        var answer = envd.send(FakeExchange.request("GET", "/health").header("Origin", "https://a.example"));
        assertThat(answer.answerHeader("Access-Control-Allow-Origin")).contains("*");
        assertThat(answer.answerHeader("Vary")).contains("Origin");
    }

    private FakeExchange get(String path) {
        return envd.send(FakeExchange.request("GET", path));
    }
}
