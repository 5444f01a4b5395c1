package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What programs inside a sandbox find at their own port 49983, across a restart of the server. */
@Tag("root")
class InsideTest {
    private static final String STATUS = "curl -s -m 10 -o /dev/null -w '%%{http_code}' %s http://localhost:49983%s";

    /** Takes the port as soon as it is free, and goes on holding it. */
    private static final String SQUATTER = """
            import socket, time
            taker = socket.socket()
            while True:
                try:
                    taker.bind(("0.0.0.0", 49983))
                    break
                except OSError:
                    time.sleep(0.01)
            taker.listen()
            open("/tmp/taken", "w").close()
            time.sleep(600)
            """;

    @Test
    void envdAnswersInsideAlsoAfterARestart() {
        try (var caisson = Caisson.up(); var api = caisson.api()) {
            var sandbox = create(api);
            var token = "-H 'X-Access-Token: " + token(api, sandbox) + "'";
            expectEnvd(sandbox, token);
            assertThat(Commands.sh(sandbox, "for i in 1 2 3 4 5 6 7 8; do curl -s -m 10 http://localhost:49983/envs & done; wait").output()
                            .split("\"code\":401", -1))
                    .hasSize(1 + 8);

            caisson.killServer();
            caisson.cli("up").expectSuccess();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> expectEnvd(sandbox, token));
        }
    }

    @Test
    void aProgramThatTakesThePortKeepsItAndNothingElseChanges() {
        try (var caisson = Caisson.up(); var api = caisson.api()) {
            var sandbox = create(api);
            sandbox.upload("/tmp/squatter.py", SQUATTER.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(Commands.sh(sandbox, "setsid python3 /tmp/squatter.py </dev/null >/dev/null 2>&1 &").exitCode()).isZero();
            caisson.killServer();
            await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ofMillis(500)).until(() -> caisson.cli("status").exitCode() != 0);
            caisson.cli("up").expectSuccess();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(
                    () -> assertThat(Commands.sh(sandbox, "ls /tmp/taken").exitCode()).isZero());
            assertThat(Commands.sh(sandbox, "curl -s -m 1 http://localhost:49983/health; echo $?").output()).isEqualTo("28\n");
            assertThat(Commands.sh(sandbox, "echo works").output()).isEqualTo("works\n");
            assertThat(Commands.sh(create(api), STATUS.formatted("", "/health")).output()).isEqualTo("204");
        }
    }

    private static RemoteSandbox create(ApiClient api) {
        return api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of());
    }

    private static String token(ApiClient api, RemoteSandbox sandbox) {
        return api.get("/sandboxes/" + sandbox.id()).path("envdAccessToken").asString();
    }

    private static void expectEnvd(RemoteSandbox sandbox, String token) {
        assertThat(Commands.sh(sandbox, STATUS.formatted("", "/health")).output()).isEqualTo("204");
        assertThat(Commands.sh(sandbox, STATUS.formatted("", "/envs")).output()).isEqualTo("401");
        assertThat(Commands.sh(sandbox, STATUS.formatted(token, "/envs")).output()).isEqualTo("200");
        assertThat(Commands.sh(sandbox, STATUS.formatted("-X POST " + token, "/init")).output()).isEqualTo("404");
    }
}
