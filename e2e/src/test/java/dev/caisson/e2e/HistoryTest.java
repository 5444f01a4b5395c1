package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is remembered of a sandbox, through the commands that people use. */
@Tag("root")
class HistoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void logsAndMetricsTellOfASandboxUntilAfterItsEndAndThroughARestartOfTheServer() {
        try (var caisson = Caisson.up()) {
            var id = caisson.api().create("base", Optional.of(Duration.ofMinutes(10)), Map.of()).id();
            var followed = CompletableFuture.supplyAsync(() -> caisson.cli("logs", "-f", id));
            caisson.cli("exec", id, "sh", "-c", "exit 3");

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(caisson.cli("metrics", id).expectSuccess().output().lines())
                    .hasSizeGreaterThan(1)
                    .last().asString().matches(".* [0-9.]+% +[0-9.]+[MG] / [0-9.]+G .*"));
            assertThat(caisson.cli("info", id).expectSuccess().output()).contains("cpu used", "memory used", "disk used");
            caisson.cli("kill", id).expectSuccess();

            var log = followed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join().expectSuccess().output();
            assertThat(log.lines()).hasSize(4);
            assertThat(log).containsSubsequence(
                    "Sandbox created", "started: sh -c exit 3", "ended: exit status 3", "Sandbox ended: it was killed");
            assertThat(caisson.cli("logs", id).expectSuccess().output()).isEqualTo(log);
            var metrics = caisson.cli("metrics", id).expectSuccess().output();

            caisson.killServer();
            caisson.cli("up").expectSuccess();

            assertThat(caisson.cli("logs", id).expectSuccess().output()).isEqualTo(log);
            assertThat(caisson.cli("metrics", id).expectSuccess().output()).isEqualTo(metrics);
        }
    }
}
