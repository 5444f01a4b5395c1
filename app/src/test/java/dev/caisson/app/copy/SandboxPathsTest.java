package dev.caisson.app.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SandboxPathsTest {
    @Test
    void whatCanBeNoPathOfThisMachineIsNone() {
        assertThat(SandboxPaths.here("../a b")).contains(Path.of("../a b"));
        assertThat(SandboxPaths.here("a\0b")).isEmpty();
        assertThat(SandboxPaths.here("")).isEmpty();
    }
}
