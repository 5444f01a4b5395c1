package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many sandboxes made, used and killed, several at a time: none fails, and the server is what it was after the first 50. */
@Tag("root")
class ManySandboxesTest {
    /** As many as an acceptance wants only where {@code -Dcaisson.full=true} asks for it. */
    private static final boolean FULL = Boolean.getBoolean("caisson.full");
    private static final int SANDBOXES = FULL ? 2_000 : 200;
    private static final int AT_ONCE = FULL ? 20 : 10;

    /** What a leak would make grow. */
    record Footprint(Set<String> machine, int descriptors, int threads, long residentMegabytes) {}

    @Test
    void manySandboxesLeaveNothing() throws Exception {
        try (var caisson = Caisson.up(); var api = caisson.api()) {
            rounds(api, 50);
            var early = settled(caisson);
            rounds(api, SANDBOXES - 50);
            var late = settled(caisson);
            System.out.println("after 50: " + early + "\nafter all: " + late);
            assertThat(late.machine()).isEqualTo(early.machine());
            assertThat(late.descriptors()).isLessThanOrEqualTo(early.descriptors() + 10);
            assertThat(late.threads()).isLessThanOrEqualTo(early.threads() + 5);
            assertThat(late.residentMegabytes()).isLessThanOrEqualTo(early.residentMegabytes() + 40);
        }
    }

    private static void rounds(ApiClient api, int count) throws Exception {
        var places = new Semaphore(AT_ONCE);
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, count).<Callable<String>>mapToObj(number -> () -> {
                places.acquire();
                try {
                    return use(api, number);
                } finally {
                    places.release();
                }
            }).toList();
            for (var result : tasks.invokeAll(all)) {
                assertThat(result.get()).matches("\\d+ ok\n");
            }
        }
    }

    private static String use(ApiClient api, int number) {
        var sandbox = api.create("base", Optional.of(Duration.ofMinutes(5)), Map.of("NUMBER", Integer.toString(number)));
        try {
            return Commands.sh(sandbox, "echo $NUMBER ok > /tmp/file && cat /tmp/file").output();
        } finally {
            api.delete("/sandboxes/" + sandbox.id());
        }
    }

    /** Slots are cleaned and processes reaped a moment after a kill was answered; what stays is what counts. */
    private static Footprint settled(Caisson caisson) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(withoutReadySlots(caisson)).noneMatch(thing -> thing.contains("runsc")));
        return footprint(caisson);
    }

    private static Footprint footprint(Caisson caisson) {
        var proc = Path.of("/proc", Long.toString(caisson.server().process().pid()));
        try (var descriptors = Files.list(proc.resolve("fd")); var threads = Files.list(proc.resolve("task"))) {
            var resident = Files.readAllLines(proc.resolve("status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElseThrow();
            return new Footprint(withoutReadySlots(caisson), (int) descriptors.count(), (int) threads.count(), resident);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** How many slots wait ready follows demand; they are a pool, not a leak, and `down --all` must remove them. */
    private static Set<String> withoutReadySlots(Caisson caisson) {
        var things = Leftovers.of(caisson.installation()).things();
        things.removeIf(thing -> thing.startsWith("namespace ") || thing.startsWith("interface "));
        try (var folders = Files.list(caisson.installation().sandboxes())) {
            folders.forEach(folder -> things.add("folder " + folder.getFileName()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return things;
    }
}
