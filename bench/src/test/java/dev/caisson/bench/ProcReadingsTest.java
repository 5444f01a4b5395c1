package dev.caisson.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcReadingsTest {
    @TempDir
    Path proc;

    @Test
    void memoryIsReadInMebibytes() throws Exception {
        write("meminfo", "MemTotal:       24000000 kB\nMemFree:          100000 kB\nMemAvailable:      2048 kB\n");
        write("7/status", "Name:\tjava\nVmHWM:\t  9999 kB\nVmRSS:\t   512 kB\n");
        write("7/smaps_rollup", "0-f ---p 00000000 00:00 0 [rollup]\nRss: 9000 kB\nPrivate_Clean: 1024 kB\nPrivate_Dirty: 2048 kB\nShared_Clean: 7 kB\n");
        var readings = new ProcReadings(proc);
        assertThat(readings.available()).isEqualTo(2.0);
        assertThat(readings.resident(7)).isEqualTo(0.5);
        assertThat(readings.privateMemory(7)).isEqualTo(3.0);
    }

    @Test
    void aProcessThatIsGoneHasNone() {
        assertThat(new ProcReadings(proc).privateMemory(8)).isZero();
    }

    @Test
    void theMachineIsBusyWhereItNeitherIdlesNorWaitsForDisks() throws Exception {
        // user nice system idle iowait irq softirq steal guest guest_nice; the last two are part of the first two.
        write("stat", "cpu  100 10 20 1000 50 1 2 3 90 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        var readings = new ProcReadings(proc);
        var before = readings.ticks();
        assertThat(before).isEqualTo(new ProcReadings.Ticks(136, 1050));
        write("stat", "cpu  120 10 24 1060 60 2 3 7 100 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        assertThat(readings.ticks().percentSince(before)).isCloseTo(30.0, within(1e-9));
        assertThat(readings.ticks().percentSince(readings.ticks())).isZero();
    }

    private void write(String name, String content) throws IOException {
        var file = proc.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, content);
    }
}
