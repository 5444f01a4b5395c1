package dev.caisson.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 2 by its files alone, since a machine has one version only; the real thing is tested where it is mounted. */
class ControlGroupsTwoTest {
    @TempDir
    Path root;

    private ControlGroupsTwo groups;

    @BeforeEach
    void makeHierarchy() throws IOException {
        Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu io memory hugetlb pids\n");
        groups = new ControlGroupsTwo(root);
    }

    @Test
    void controllersArePassedDownOnTheWholeWay() {
        groups.createParent("/one/two", OptionalLong.of(1 << 20));
        for (var folder : new String[] {"", "one", "one/two"}) {
            assertThat(root.resolve(folder).resolve("cgroup.subtree_control")).hasContent("+cpu +memory +pids");
        }
        assertThat(root.resolve("one/two/memory.max")).hasContent("1048576");
        assertThat(groups.children("/one")).containsExactly("two");
        groups.createParent("/one/two", OptionalLong.empty());
        assertThat(root.resolve("one/two/memory.max")).hasContent("max");
    }

    @Test
    void withoutTheMemoryControllerItSaysSo() throws IOException {
        Files.writeString(root.resolve("cgroup.controllers"), "cpu pids\n");
        assertThatThrownBy(() -> groups.createParent("/one", OptionalLong.empty())).isInstanceOfSatisfying(LinuxException.class,
                e -> assertThat(e.category()).isEqualTo(Category.UNSUPPORTED));
    }

    @Test
    void tmpfsFilesCountAsMemoryAndOtherFilesAsCache() throws IOException {
        var folder = Files.createDirectory(root.resolve("one"));
        Files.writeString(folder.resolve("memory.stat"), "anon 1000\nfile 500\nkernel 7\nshmem 200\nfile_mapped 3\n");
        Files.writeString(folder.resolve("memory.current"), "1700\n");
        Files.writeString(folder.resolve("memory.events"), "low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\n");
        Files.writeString(folder.resolve("cpu.stat"), "usage_usec 2500\nuser_usec 2000\n");
        Files.writeString(folder.resolve("pids.current"), "12\n");

        assertThat(groups.usage("/one")).isEqualTo(new ControlGroups.Usage(Duration.ofNanos(2_500_000), 1200, 300, 12));
        assertThat(groups.usedMemory("/one")).isEqualTo(1200);
        assertThat(groups.chargedMemory("/one")).isEqualTo(1700);
        assertThat(groups.outOfMemoryKills("/one")).isEqualTo(2);
    }

    @Test
    void aNewMemoryLimitHoldsForTheGroupsBelowToo() throws IOException {
        Files.writeString(Files.createDirectories(root.resolve("one/inner")).resolve("memory.max"), "max");
        Files.createDirectories(root.resolve("one/without"));
        groups.limitMemory("/one", 4096);
        assertThat(root.resolve("one/memory.max")).hasContent("4096");
        assertThat(root.resolve("one/inner/memory.max")).hasContent("4096");
        assertThat(root.resolve("one/without")).isEmptyDirectory();
    }

    @Test
    void allAreKilledByOneWriteWhereTheKernelCan() throws IOException {
        var folder = Files.createDirectory(root.resolve("one"));
        Files.createFile(folder.resolve("cgroup.kill"));
        groups.killMembers("/one");
        assertThat(folder.resolve("cgroup.kill")).hasContent("1");
        groups.killMembers("/none");
    }
}
