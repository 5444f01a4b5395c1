package dev.caisson.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class ControlGroupsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ControlGroups groups = ControlGroups.ofThisMachine();
    private final String parent = "/tl" + ThreadLocalRandom.current().nextInt(100_000);

    @AfterEach
    void leavesNoGroup() {
        groups.killMembers(parent);
        assertThat(groups.remove(parent, PATIENCE)).isEmpty();
    }

    @Test
    void aParentBoundsMemoryAndCanBeMadeAgain() {
        groups.createParent(parent, OptionalLong.of(64 << 20));
        groups.createParent(parent, OptionalLong.empty());
        assertThat(groups.members(parent)).isEmpty();
        assertThat(groups.children(parent)).isEmpty();
        assertThat(groups.usage(parent).tasks()).isZero();
    }

    @Test
    void countsKillsAndRemovesWhatIsBelow() throws Exception {
        groups.createParent(parent, OptionalLong.empty());
        var child = parent + "/one";
        groups.createParent(child, OptionalLong.empty());
        assertThat(groups.children(parent)).containsExactly("one");

        // With version 2 only a group that passes no controller down may have members.
        var home = groups.version() == 2 ? child + "/leaf" : child;
        groups.createParent(parent, OptionalLong.empty());
        var process = shellIn(home);
        assertThat(groups.members(home)).contains(process.pid());
        assertThat(groups.usage(child).tasks()).isPositive();

        groups.killMembers(parent);
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(groups.remove(parent, PATIENCE)).isEmpty();
        assertThat(groups.children(parent)).isEmpty();
        assertThat(groups.members(child)).isEmpty();
    }

    @Test
    void saysWhereAGroupInUseIsLeft() throws Exception {
        groups.createParent(parent, OptionalLong.empty());
        var process = shellIn(groups.version() == 2 ? parent + "/leaf" : parent);
        assertThat(groups.remove(parent, Duration.ofMillis(20))).isNotEmpty();
        process.destroyForcibly();
    }

    @Test
    void aGroupThatIsNotThereIsRemovedAlreadyAndHasNoUsage() {
        assertThat(groups.remove(parent + "/none", PATIENCE)).isEmpty();
        assertThat(groups.children(parent + "/none")).isEmpty();
        assertThatThrownBy(() -> groups.usage(parent + "/none")).isInstanceOfSatisfying(LinuxException.class,
                e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }

    private Process shellIn(String group) throws Exception {
        var process = new ProcessBuilder("/bin/sleep", "60").start();
        var root = groups.version() == 2 ? Path.of("/sys/fs/cgroup") : Path.of("/sys/fs/cgroup/pids");
        var folder = Files.createDirectories(root.resolve(group.substring(1)));
        Files.writeString(folder.resolve("cgroup.procs"), Long.toString(process.pid()), StandardOpenOption.WRITE);
        return process;
    }
}
