package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the world sees of a sandbox that is paused and resumed: one machine that does everything once. */
@Tag("root")
class SeenFromOutsideTest {
    private static final int PAUSES = 5;
    private static final String COUNTING = """
            import socket, sys, time
            mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            number = 0
            while True:
                mouth.sendto(str(number).encode(), (sys.argv[1], int(sys.argv[2])))
                number += 1
                time.sleep(0.001)
            """;

    @TempDir
    private Path folder;

    @Test
    void noNumberIsSeenTwiceAndNoneIsMissing() {
        try (var outside = Outside.listening(folder.resolve("heard")); var caisson = Caisson.up(); var api = caisson.api()) {
            var sandbox = api.create("base", Optional.of(Duration.ofMinutes(10)), Map.of());
            sandbox.upload("/home/user/count.py", COUNTING.getBytes(StandardCharsets.UTF_8));
            Commands.sh(sandbox, "setsid python3 count.py %s %d </dev/null >/dev/null 2>&1 &".formatted(outside.address(), Outside.PORT));
            for (var pause = 0; pause < PAUSES; pause++) {
                awaitMore(outside);
                api.post("/sandboxes/" + sandbox.id() + "/pause", Map.of());
                api.connect(sandbox.id());
            }
            awaitMore(outside);
            api.delete("/sandboxes/" + sandbox.id());
            var heard = outside.heard();
            assertThat(heard).isEqualTo(IntStream.range(0, heard.size()).mapToObj(Integer::toString).toList());
        }
    }

    private static void awaitMore(Outside outside) {
        var before = outside.heard().size();
        await().atMost(Duration.ofSeconds(30)).until(() -> outside.heard().size() > before + 100);
    }
}
