package dev.caisson.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class KvmProbeTest {
    @Test
    void theAnswerComesSoonAndSaysWhatWasFound() {
        var begun = Instant.now();
        var result = KvmProbe.run();

        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(20));
        if (result.works()) {
            assertThat(Path.of("/dev/kvm")).matches(Files::exists);
            assertThat(result.found()).isEqualTo("a guest ran");
        } else {
            assertThat(result.found()).contains("/dev/kvm");
        }
    }
}
