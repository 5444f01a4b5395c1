package dev.caisson.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineLoadTest {
    @TempDir
    private Path proc;

    @Test
    void memoryIsWhatTheKernelSays() throws Exception {
        write("meminfo", "MemTotal:       24000000 kB\nMemFree:          100000 kB\nMemAvailable:   12000000 kB\nSwapTotal: 0 kB\n");

        assertThat(new MachineLoad(proc).memoryAvailable()).isEqualTo(12_000_000L << 10);
        assertThat(new MachineLoad(proc).memoryTotal()).isEqualTo(24_000_000L << 10);
    }

    @Test
    void aKernelThatSaysNothingAboutMemoryIsAnError() throws Exception {
        assertThatThrownBy(() -> new MachineLoad(proc).memoryAvailable()).isInstanceOf(NodeException.class);
        write("meminfo", "MemTotal:       24000000 kB\n");
        assertThatThrownBy(() -> new MachineLoad(proc).memoryAvailable())
                .isInstanceOf(NodeException.class)
                .hasMessageContaining("MemAvailable");
    }

    @Test
    void pressureIsThatOfTheLastTenSeconds() throws Exception {
        write("pressure/cpu", "some avg10=79.92 avg60=54.60 avg300=27.36 total=217357585\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");

        assertThat(new MachineLoad(proc).cpuPressure()).isEqualTo(79);
    }

    @Test
    void aKernelThatDoesNotCountPressureHasNone() {
        assertThat(new MachineLoad(proc).cpuPressure()).isZero();
    }

    @Test
    void thisMachineAnswers() {
        var load = MachineLoad.ofThisMachine();

        assertThat(load.memoryAvailable()).isPositive().isLessThan(load.memoryTotal());
        assertThat(load.cpuPressure()).isBetween(0, 100);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(proc.resolve(name).getParent());
        Files.writeString(proc.resolve(name), text);
    }
}
