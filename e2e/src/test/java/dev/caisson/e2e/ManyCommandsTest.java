package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Commands through one server and one sandbox, 4 at a time: after the last one the server, the agent and the guest are what they
 * were after a tenth of them.
 */
@Tag("root")
class ManyCommandsTest {
    /** 10,000 take some minutes: {@code -Dcaisson.full=true} asks for them. */
    private static final int COMMANDS = Boolean.getBoolean("caisson.full") ? 10_000 : 1_000;

    private static final int AT_ONCE = 4;

    /** Resident memory, threads and descriptors. */
    record Footprint(long kilobytes, int threads, int descriptors) {}

    /**
     * What a leak would make grow, on either side of the wall.
     *
     * @param sandboxMegabytes what the engine says that the sandbox uses: its kernel, its processes and what they keep in memory
     */
    record State(Footprint server, Footprint agent, int guestProcesses, long sandboxMegabytes) {}

    @Test
    void aTenthIsLikeTheWhole() throws Exception {
        try (var caisson = Caisson.up(); var api = caisson.api()) {
            var sandbox = api.create("base", Optional.of(Duration.ofHours(1)), Map.of());
            run(sandbox, COMMANDS / 10);
            var early = state(caisson, api, sandbox);
            var begin = System.nanoTime();
            run(sandbox, COMMANDS - COMMANDS / 10);
            var spent = Duration.ofNanos(System.nanoTime() - begin);
            var late = state(caisson, api, sandbox);
            System.out.printf("after %d: %s%nafter %d: %s%nin %s%n", COMMANDS / 10, early, COMMANDS, late, spent);
            assertThat(late.guestProcesses()).isLessThanOrEqualTo(early.guestProcesses() + 1);
            assertThat(late.sandboxMegabytes()).isLessThanOrEqualTo(early.sandboxMegabytes() + 16);
            assertThat(late.agent().descriptors()).isLessThanOrEqualTo(early.agent().descriptors() + AT_ONCE);
            assertThat(late.agent().threads()).isLessThanOrEqualTo(early.agent().threads() + AT_ONCE);
            assertThat(late.agent().kilobytes()).isLessThanOrEqualTo(early.agent().kilobytes() + 512);
            assertThat(late.server().descriptors()).isLessThanOrEqualTo(early.server().descriptors() + 10);
            assertThat(late.server().threads()).isLessThanOrEqualTo(early.server().threads() + 5);
            assertThat(late.server().kilobytes()).isLessThanOrEqualTo(early.server().kilobytes() + (60 << 10));
        }
    }

    private static void run(RemoteSandbox sandbox, int count) throws Exception {
        var places = new Semaphore(AT_ONCE);
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, count).<Callable<Commands.Result>>mapToObj(number -> () -> {
                places.acquire();
                try {
                    return Commands.sh(sandbox, "echo " + number + " && exit " + number % 200);
                } finally {
                    places.release();
                }
            }).toList();
            var number = 0;
            for (var result : tasks.invokeAll(all)) {
                assertThat(result.get()).isEqualTo(new Commands.Result(number % 200, number + "\n"));
                number++;
            }
        }
    }

    private static State state(Caisson caisson, ApiClient api, RemoteSandbox sandbox) {
        // The connections that were used last are closed after a while.
        await().pollDelay(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(60)).until(() -> processes(sandbox) < 10);
        return new State(server(caisson), agent(sandbox), processes(sandbox), usedMegabytes(api, sandbox));
    }

    /** By a sample that is taken from now on. */
    private static long usedMegabytes(ApiClient api, RemoteSandbox sandbox) {
        var now = Instant.now().getEpochSecond();
        var samples = await().atMost(Duration.ofSeconds(60)).until(
                () -> api.get("/sandboxes/" + sandbox.id() + "/metrics?start=" + (now + 1)), some -> !some.isEmpty());
        return samples.path(0).path("memUsed").asLong() >> 20;
    }

    private static int processes(RemoteSandbox sandbox) {
        return number(inside(sandbox, "ls -d /proc/[0-9]* | wc -l"));
    }

    private static Footprint agent(RemoteSandbox sandbox) {
        return new Footprint(
                number(inside(sandbox, "grep VmRSS /proc/1/status")),
                number(inside(sandbox, "grep Threads /proc/1/status")),
                number(inside(sandbox, "sudo ls /proc/1/fd | wc -l")));
    }

    private static String inside(RemoteSandbox sandbox, String script) {
        return Commands.sh(sandbox, script).output();
    }

    private static int number(String text) {
        return Integer.parseInt(text.replaceAll("\\D", ""));
    }

    private static Footprint server(Caisson caisson) {
        var proc = Path.of("/proc", Long.toString(caisson.server().process().pid()));
        try (var descriptors = Files.list(proc.resolve("fd")); var threads = Files.list(proc.resolve("task"))) {
            return new Footprint(resident(proc), (int) threads.count(), (int) descriptors.count());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long resident(Path proc) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
