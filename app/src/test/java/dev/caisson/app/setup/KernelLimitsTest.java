package dev.caisson.app.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.app.server.AppException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a folder that stands for {@code /proc/sys}. */
class KernelLimitsTest {
    private static final String PID_MAX = "kernel/pid_max";

    @TempDir
    Path folder;

    private KernelSettings settings;
    private ChangedSettings changed;
    private KernelLimits limits;

    @BeforeEach
    void makeSettings() throws IOException {
        settings = new KernelSettings(folder.resolve("sys"));
        for (var name : KernelLimits.NEEDED.keySet()) {
            Files.createDirectories(settings.root().resolve(name).getParent());
        }
        KernelLimits.NEEDED.forEach((name, least) -> settings.write(name, Long.toString(least)));
        settings.write(PID_MAX, "32768\n");
        changed = new ChangedSettings(settings, Files.createDirectory(folder.resolve("data")));
        limits = new KernelLimits(settings, changed);
    }

    @Test
    void onlyWhatIsTooLowIsRaised() {
        settings.write("fs/file-max", "9223372036854775807");
        var lines = new ArrayList<String>();
        assertThat(limits.isDone()).isFalse();
        limits.run(lines::add);

        assertThat(limits.isDone()).isTrue();
        assertThat(lines).containsExactly("kernel.pid_max: 32768 -> 4194304");
        assertThat(settings.read("fs/file-max")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSettingThatTheKernelLacksLimitsNothing() throws IOException {
        Files.delete(settings.root().resolve(PID_MAX));
        assertThat(limits.isDone()).isTrue();
    }

    @Test
    void theMachinesOwnValueComesBack() {
        limits.run(line -> {});
        settings.write(PID_MAX, "100");
        limits.run(line -> {});
        changed.restore();

        assertThat(settings.read(PID_MAX)).isEqualTo(32768);
        assertThat(folder.resolve("data")).isEmptyDirectory();
    }

    @Test
    void whatSomebodyElseChangedSinceIsLeftAlone() {
        limits.run(line -> {});
        settings.write(PID_MAX, "999999");
        changed.restore();

        assertThat(settings.read(PID_MAX)).isEqualTo(999999);
    }

    @Test
    void restoringWithoutARecordDoesNothing() {
        changed.restore();
        assertThat(settings.read(PID_MAX)).isEqualTo(32768);
    }

    @Test
    void theRecordIsWrittenBeforeTheChange() throws IOException {
        // The setting cannot be written: its file is a folder.
        Files.delete(settings.root().resolve(PID_MAX));
        Files.createDirectory(settings.root().resolve(PID_MAX));
        assertThatThrownBy(() -> changed.set(PID_MAX, "32768", "4194304")).isInstanceOf(AppException.class).hasMessageContaining("sysctl -w");

        assertThat(folder.resolve("data/changed.json")).content().contains("32768");
    }

    @Test
    void aDamagedRecordIsNamed() throws IOException {
        Files.writeString(folder.resolve("data/changed.json"), "{");
        assertThatThrownBy(changed::restore).isInstanceOf(AppException.class).hasMessageContaining("changed.json");
    }
}
