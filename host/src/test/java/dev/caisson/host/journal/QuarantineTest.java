package dev.caisson.host.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.SandboxId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
    @Test
    void theLastTwentyAreKept(@TempDir Path data) throws Exception {
        var quarantine = new Quarantine(data.resolve("quarantine"));
        for (var i = 0; i < 25; i++) {
            var folder = SandboxFolder.of(data, SandboxId.random());
            folder.create();
            Files.writeString(folder.journal(), "broken " + i);

            assertThat(quarantine.take(folder)).hasContent("broken " + i);
            assertThat(folder.journal()).doesNotExist();
        }

        try (var kept = Files.list(data.resolve("quarantine"))) {
            assertThat(kept).hasSize(20);
        }
    }
}
