package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.ApiClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sandboxes that are paused and resumed over and over: nothing of their memory or files is wrong, lost or left. */
@Tag("root")
class ManyPausesTest {
    /** The whole of it only where {@code -Dcaisson.full=true} asks for it. */
    private static final boolean FULL = Boolean.getBoolean("caisson.full");
    private static final int SANDBOXES = FULL ? 10 : 3;
    private static final int PAUSES = FULL ? 100 : 8;

    @Test
    void everythingIsAsItWasAfterEveryPause() throws Exception {
        try (var caisson = Caisson.up(); var api = caisson.api(); var rest = new Rest(caisson);
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, SANDBOXES).<Callable<Integer>>mapToObj(_ -> () -> pauses(api, rest)).toList();
            for (var result : tasks.invokeAll(all)) {
                assertThat(result.get()).isEqualTo(PAUSES);
            }
            SavedFiles.awaitNone(caisson);
        }
    }

    private static int pauses(ApiClient api, Rest rest) {
        var keeper = Keeper.startIn(api.create("base", Optional.of(Duration.ofHours(2)), Map.of()), api, rest.http());
        var done = 0;
        while (done < PAUSES) {
            keeper.expectNext();
            rest.post("/sandboxes/" + keeper.sandbox() + "/pause", "").expect(204);
            rest.post("/sandboxes/" + keeper.sandbox() + "/connect", "{}").expect(201);
            done++;
        }
        keeper.expectNext();
        api.delete("/sandboxes/" + keeper.sandbox());
        return done;
    }
}
