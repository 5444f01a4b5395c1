package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SteadyProgressTest {
    private final CopyOnWriteArrayList<String> lines = new CopyOnWriteArrayList<>();

    @Test
    void silentWorkIsReportedEveryTwoSeconds() {
        try (var progress = SteadyProgress.over(lines::add)) {
            progress.report("packing");
            await().atMost(Duration.ofSeconds(30)).until(() -> lines.size() >= 3);
        }
        assertThat(lines.getFirst()).isEqualTo("packing");
        assertThat(lines.get(1)).matches("packing … \\d+ s");
    }

    @Test
    void nothingIsSaidBeforeTheFirstLineOrAfterTheEnd() {
        var progress = SteadyProgress.over(lines::add);
        progress.close();
        progress.close();
        assertThat(lines).isEmpty();
    }
}
