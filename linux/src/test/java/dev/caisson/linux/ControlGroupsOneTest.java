package dev.caisson.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 1 by its files alone; the real thing is tested where it is mounted. */
class ControlGroupsOneTest {
    @TempDir
    private Path root;

    @Test
    void tmpfsFilesCountAsMemoryAndOtherFilesAsCache() throws IOException {
        write("memory", "memory.stat", "cache 5\nrss 6\ntotal_cache 500\ntotal_rss 1000\ntotal_rss_huge 0\ntotal_shmem 200\n");
        write("cpuacct", "cpuacct.usage", "2500000\n");
        write("pids", "pids.current", "12\n");

        assertThat(groups().usage("/one")).isEqualTo(new ControlGroups.Usage(Duration.ofNanos(2_500_000), 1200, 300, 12));
        assertThat(groups().usedMemory("/one")).isEqualTo(1200);
    }

    @Test
    void aFigureIsThatOfTheWholeKeyWhereverItsLineIs() {
        var text = "cache 5\ntotal_cache 500\ntotal_rss 10\nrss_huge 7\nrss 6";
        assertThat(Hierarchy.keyed(text, "cache")).isEqualTo(5);
        assertThat(Hierarchy.keyed(text, "total_cache")).isEqualTo(500);
        assertThat(Hierarchy.keyed(text, "rss")).isEqualTo(6);
        assertThat(Hierarchy.keyed(text, "total")).isZero();
        assertThat(Hierarchy.keyed("", "rss")).isZero();
    }

    @Test
    void aGroupThatHasGoneIsNotFound() {
        assertThatThrownBy(() -> groups().usage("/gone")).isInstanceOfSatisfying(LinuxException.class,
                e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }

    private ControlGroupsOne groups() {
        return new ControlGroupsOne(Map.of(
                "memory", new Hierarchy(root.resolve("memory")),
                "cpuacct", new Hierarchy(root.resolve("cpuacct")),
                "pids", new Hierarchy(root.resolve("pids"))));
    }

    private void write(String controller, String file, String content) throws IOException {
        Files.writeString(Files.createDirectories(root.resolve(controller).resolve("one")).resolve(file), content);
    }
}
