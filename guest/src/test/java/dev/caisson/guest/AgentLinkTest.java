package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The link itself on the real agent: keys, loss, identity. */
@Timeout(60)
class AgentLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final SpawnRequest SLEEP = new SpawnRequest(
            "sleep", List.of("1000"), Map.of(), Optional.of("/"), System.getProperty("user.name"), Optional.empty(), false,
            Optional.empty());

    private final NativeAgent agent = new NativeAgent();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        agent.start();
    }

    @AfterEach
    void stop() throws Exception {
        agent.stop();
    }

    @Test
    void theAgentIntroducesItself() {
        assertThat(agent.link().info().protocol()).isEqualTo(1);
        assertThat(agent.link().info().version()).isNotEmpty();
        assertThat(agent.link().info().capabilities()).contains("serve", "attach-offset");
        agent.link().ping(PATIENCE);
    }

    @Test
    void theAgentTakesItsTimeFromTheHost() {
        agent.link().keepAlive(Duration.ofHours(1), PATIENCE);
        agent.link().keepAlive(Duration.ZERO, PATIENCE);
    }

    @Test
    void aWrongKeyIsRefusedAndTheAgentGoesOn() {
        var wrong = agent.key();
        wrong[31] ^= 1;

        fails(Category.DENIED, () -> GuestLink.connect(agent.address(), wrong, PATIENCE));
        fails(Category.DENIED, () -> GuestLink.connectOnce(agent.address(), wrong, PATIENCE));
        agent.connect().close();
        agent.link().ping(PATIENCE);
    }

    @Test
    void initBringsIdentityEnvironmentAndTheNextKey() {
        var next = new byte[32];
        Arrays.fill(next, (byte) 7);

        agent.link().init(identity(next, Map.of("GREETING", "hello wörld")));

        assertThat(agent.link().environment())
                .containsEntry("GREETING", "hello wörld")
                .containsEntry("E2B_SANDBOX", "true")
                .containsEntry("E2B_SANDBOX_ID", "isandbox");
        agent.link().ping(PATIENCE);
        GuestLink.connect(agent.address(), next, PATIENCE).close();
        fails(Category.DENIED, () -> GuestLink.connectOnce(agent.address(), agent.key(), PATIENCE));
    }

    @Test
    void initWhileOtherOperationsRunDisturbsNone() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var round = 1; round <= 10; round++) {
                var pings = threads.submit(() -> {
                    for (var i = 0; i < 30; i++) {
                        try (var stream = agent.link().spawn(SLEEP)) {
                            agent.link().signal(new ProcessSelector.ByPid(stream.pid()), 9);
                        }
                    }
                });
                var next = new byte[32];
                next[0] = (byte) round;
                agent.link().init(identity(next, Map.of()));
                pings.get();
            }
        }
    }

    @Test
    void aBadIdentityChangesNothing() {
        var nobody = new Identity("i", "t", "", "no-such-user", "", Map.of("A", "1"), Instant.now(), new byte[32], new byte[32], 0);

        fails(Category.INVALID, () -> agent.link().init(nobody));
        assertThat(agent.link().environment()).doesNotContainKey("A");
        agent.connect().close();
    }

    @Test
    void countsWhatTheGuestUses() {
        var stats = agent.link().stats();

        assertThat(stats.cpus()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(stats.memoryTotal()).isGreaterThan(stats.memoryAvailable());
        assertThat(stats.memoryAvailable()).isPositive();
        assertThat(stats.diskTotal()).isGreaterThanOrEqualTo(stats.diskAvailable());
        assertThat(stats.uptime()).isPositive();
        assertThat(stats.processes()).isPositive();
    }

    @Test
    void theLossOfTheAgentEndsEverythingThatWaits() throws Exception {
        var link = agent.link();
        link.write(agent.user(), folder + "/f", Map.of(), new ByteArrayInputStream(new byte[20_000_000]));
        var output = link.spawn(SLEEP);
        var watch = link.watch(new WatchRequest(agent.user(), folder.toString(), false, false, false));
        var file = link.read(agent.user(), folder + "/f", 0, -1);
        assertThat(file.content().readNBytes(1000)).hasSize(1000);

        agent.kill();

        fails(Category.UNAVAILABLE, () -> output.next(PATIENCE));
        fails(Category.UNAVAILABLE, () -> watch.next(PATIENCE));
        fails(Category.UNAVAILABLE, () -> file.content().transferTo(new ByteArrayOutputStream()));
        fails(Category.UNAVAILABLE, () -> link.ping(PATIENCE));
        fails(Category.UNAVAILABLE, () -> link.spawn(SLEEP));
    }

    private static Identity identity(byte[] nextKey, Map<String, String> environment) {
        return new Identity(
                "isandbox", "template", "e2b.local", System.getProperty("user.name"), "/", environment, Instant.now(),
                new byte[32], nextKey, 0);
    }
}
