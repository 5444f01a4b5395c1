package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.Category;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the real agent of a restored sandbox is told; its own side of it is tested in guest-agent/tests. */
@Timeout(60)
class AgentAwakeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String ME = System.getProperty("user.name");
    private static final SpawnRequest CAT = new SpawnRequest(
            "cat", List.of(), Map.of(), Optional.of("/"), ME, Optional.of("kept"), true, Optional.empty());

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
    void theIdsChangeAndTheRestOfTheEnvironmentStays() {
        agent.link().init(new Identity(
                "before", "template", "", ME, "/", Map.of("GREETING", "hello"), Instant.now(), new byte[32], key(1), 0));

        agent.link().awake(awakening("after", key(2)));

        assertThat(agent.link().environment())
                .containsEntry("GREETING", "hello")
                .containsEntry("E2B_SANDBOX_ID", "after")
                .containsEntry("E2B_TEMPLATE_ID", "template-of-after");
    }

    @Test
    void theNewKeyOpensEveryLaterConnection() {
        agent.link().awake(awakening("after", key(2)));

        agent.link().ping(PATIENCE);
        GuestLink.connect(agent.address(), key(2), PATIENCE).close();
        fails(Category.DENIED, () -> GuestLink.connectOnce(agent.address(), agent.key(), PATIENCE));
    }

    @Test
    void aHostThatLostTheAnswerTellsItAgain() {
        agent.link().awake(awakening("after", key(2)));

        try (var again = agent.connect()) {
            again.awake(awakening("after", key(2)));
            again.ping(PATIENCE);
        }
    }

    @Test
    void streamsEndProcessesGoOnAndPortsAreFreeAgain() {
        var stream = agent.link().spawn(CAT);
        var watch = agent.link().watch(new WatchRequest(ME, folder.toString(), false, false, false));
        var watcher = agent.link().createWatcher(new WatchRequest(ME, folder.toString(), false, false, false));
        var served = agent.link().serve("127.0.0.1", 0, GuestStream::close);

        agent.link().awake(awakening("after", key(2)));

        fails(Category.UNAVAILABLE, () -> stream.next(PATIENCE));
        fails(Category.UNAVAILABLE, () -> watch.next(PATIENCE));
        assertThat(agent.link().watcherEvents(watcher)).isEmpty();
        agent.link().serve("127.0.0.1", served.port(), GuestStream::close).close();
        try (var attached = agent.link().attach(new ProcessSelector.ByTag("kept"), 0)) {
            assertThat(attached.pid()).isEqualTo(stream.pid());
        }
    }

    @Test
    void aBadAwakeningChangesNothing() {
        var poor = new Awakening("after", "template", true, Instant.now(), new byte[15], key(2), 0);

        fails(Category.INVALID, () -> agent.link().awake(poor));

        assertThat(agent.link().environment()).doesNotContainValue("after");
        agent.connect().close();
    }

    @Test
    void aGuestWithoutHooksHasNothingToRun() {
        for (var moment : HookMoment.values()) {
            assertThat(agent.link().runHooks(moment, PATIENCE)).isEmpty();
        }
    }

    private static Awakening awakening(String sandboxId, byte[] nextKey) {
        return new Awakening(sandboxId, "template-of-" + sandboxId, true, Instant.now(), new byte[32], nextKey, 0);
    }

    private static byte[] key(int number) {
        var key = new byte[32];
        Arrays.fill(key, (byte) number);
        return key;
    }
}
