package dev.caisson.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class MountsTest {
    @TempDir
    Path folder;

    @AfterEach
    void leavesNothingMountedOrAttached() {
        Mounts.below(folder).reversed().forEach(mount -> Mounts.detach(mount.point()));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> LoopDevices.attachedBelow(folder).isEmpty());
    }

    @Test
    void anOverlayOfAReadOnlyLayerAndAWritableDiskKeepsChangesOnTheDisk() throws Exception {
        var layer = erofs("layer", "greeting", "hello");
        var disk = disk("disk");
        var lower = directory("lower");
        var writable = directory("writable");
        var root = directory("root");

        Mounts.erofs(layer, lower);
        Mounts.ext4(disk, writable);
        Files.createDirectory(writable.resolve("upper"));
        Files.createDirectory(writable.resolve("work"));
        Mounts.overlay(List.of(lower), writable.resolve("upper"), writable.resolve("work"), root);

        assertThat(root.resolve("greeting")).hasContent("hello");
        Files.writeString(root.resolve("greeting"), "changed");
        assertThat(lower.resolve("greeting")).hasContent("hello");
        assertThat(writable.resolve("upper/greeting")).hasContent("changed");
        assertThat(Mounts.below(folder)).extracting(Mounts.Mount::type).containsExactly("erofs", "ext4", "overlay");
        assertThat(LoopDevices.attachedBelow(folder)).containsExactlyInAnyOrder(layer, disk);

        assertThat(Mounts.unmount(root)).isTrue();
        assertThat(Mounts.unmount(writable)).isTrue();
        assertThat(Mounts.unmount(lower)).isTrue();
        assertThat(Mounts.unmount(lower)).isFalse();
        assertThat(Mounts.below(folder)).isEmpty();
    }

    @Test
    void whatIsInUseIsRefusedButCanBeDetached() throws Exception {
        var place = directory("place with space");
        Mounts.tmpfs(place, 1 << 20);
        var file = Files.writeString(place.resolve("file"), "x");
        assertThat(Mounts.below(folder)).extracting(Mounts.Mount::point).containsExactly(place);
        try (var open = Files.newInputStream(file)) {
            assertThatThrownBy(() -> Mounts.unmount(place)).isInstanceOfSatisfying(LinuxException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.CONFLICT)).hasMessageContaining(place.toString());
            assertThat(Mounts.detach(place)).isTrue();
            assertThat(open.read()).isEqualTo('x');
        }
        assertThat(Mounts.below(folder)).isEmpty();
    }

    @Test
    void anAbandonedDiskIsUnmountedWithoutWritingWhatItHeld() throws Exception {
        var disk = disk("disk");
        var place = directory("place");
        Mounts.ext4(disk, place);
        Files.write(place.resolve("file"), new byte[16 << 20]);
        Mounts.abandon(place);
        assertThatThrownBy(() -> Files.write(place.resolve("more"), new byte[1])).hasMessageContaining("rror");
        assertThat(Mounts.unmount(place)).isTrue();
        Mounts.tmpfs(place, 1 << 20);
        assertThatThrownBy(() -> Mounts.abandon(place)).isInstanceOfSatisfying(LinuxException.class,
                e -> assertThat(e.category()).isEqualTo(Category.INVALID));
    }

    @Test
    void aFlushedDiskIsWholeInItsFileWhileItIsMounted() throws Exception {
        var disk = disk("disk");
        var place = directory("place");
        var copies = directory("copies");
        Mounts.ext4(disk, place);
        Files.writeString(place.resolve("file"), "content");
        assertThat(Mounts.imageAt(place)).contains(disk);

        Mounts.flush(place);
        FileCopies.copy(disk, folder.resolve("copy.img"));
        Mounts.frozenExt4(folder.resolve("copy.img"), copies);
        assertThat(copies.resolve("file")).hasContent("content");
        assertThatThrownBy(() -> Files.writeString(copies.resolve("other"), "x")).hasMessageContaining("Read-only");

        assertThatThrownBy(() -> Mounts.flush(folder)).isInstanceOfSatisfying(LinuxException.class,
                e -> assertThat(e.category()).isEqualTo(Category.INVALID));
        Files.delete(folder.resolve("copy.img"));
        assertThat(Mounts.imageAt(copies)).isEmpty();
        assertThat(Mounts.imageAt(folder)).isEmpty();
    }

    @Test
    void anUnmountedImageIsUsedByNobodyAndNeedsNoRepair() throws Exception {
        var disk = disk("disk");
        var place = directory("place");
        var elsewhere = directory("elsewhere");
        Mounts.ext4(disk, place);
        var file = Files.write(place.resolve("file"), new byte[8 << 20]);
        try (var open = Files.newInputStream(file)) {
            assertThatThrownBy(() -> Mounts.unmountImage(place, Duration.ofSeconds(5))).isInstanceOfSatisfying(LinuxException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.CONFLICT));
            assertThat(open.read()).isZero();
        }
        Mounts.bind(place, elsewhere, false);
        assertThatThrownBy(() -> Mounts.unmountImage(place, Duration.ofMillis(10))).hasMessageContaining("still used");
        assertThat(place).doesNotExist();
        assertThat(Mounts.unmountImage(elsewhere, Duration.ofSeconds(5))).isTrue();
        assertThat(Mounts.unmountImage(elsewhere, Duration.ofSeconds(5))).isFalse();
        assertThat(LoopDevices.attachedBelow(folder)).isEmpty();
        assertThat(Command.ofSystem("e2fsck", "-fn", disk.toString()).runAnyExit().exitCode()).isZero();
    }

    @Test
    void aMountPointThatIsRemovedIsTakenFromOtherNamespacesToo() throws Exception {
        var disk = disk("disk");
        var place = directory("place");
        Mounts.ext4(disk, place);
        var other = new ProcessBuilder("/usr/bin/unshare", "--user", "--map-root-user", "--mount", "--propagation", "private", "/bin/sh", "-c", "echo up; exec /bin/sleep 60").start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("up");
            assertThat(Mounts.unmountImage(place, Duration.ofSeconds(5))).isTrue();
            assertThat(LoopDevices.attachedBelow(folder)).isEmpty();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aBindMountCanBeReadOnly() throws Exception {
        var source = directory("source");
        var target = directory("target");
        Mounts.bind(source, target, true);
        Files.writeString(source.resolve("file"), "x");
        assertThat(target.resolve("file")).hasContent("x");
        assertThatThrownBy(() -> Files.writeString(target.resolve("file"), "y")).hasMessageContaining("Read-only");
    }

    @Test
    void aFileThatIsNoImageIsNamed() throws Exception {
        var broken = Files.write(folder.resolve("broken.erofs"), new byte[8192]);
        var place = directory("place");
        assertThatThrownBy(() -> Mounts.erofs(broken, place)).isInstanceOf(LinuxException.class)
                .hasMessageContaining(broken.toString()).hasMessageContaining(place.toString());
        assertThatThrownBy(() -> Mounts.erofs(folder.resolve("none"), place)).isInstanceOfSatisfying(LinuxException.class,
                e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }

    @Test
    void manyAtOnceGetDevicesOfTheirOwn() throws Exception {
        var layer = erofs("layer", "greeting", "hello");
        var calls = new ArrayList<Callable<Path>>();
        for (int i = 0; i < 16; i++) {
            var place = directory("place" + i);
            calls.add(() -> {
                Mounts.erofs(layer, place);
                return place;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Path> place : threads.invokeAll(calls)) {
                assertThat(place.get().resolve("greeting")).hasContent("hello");
            }
        }
        assertThat(LoopDevices.attachedBelow(folder)).hasSize(16);
    }

    private Path directory(String name) throws Exception {
        return Files.createDirectory(folder.resolve(name));
    }

    private Path erofs(String name, String file, String content) throws Exception {
        var tree = directory(name + "-tree");
        Files.writeString(tree.resolve(file), content);
        var image = folder.resolve(name + ".erofs");
        Command.ofSystem("mkfs.erofs", image.toString(), tree.toString()).run();
        return image;
    }

    private Path disk(String name) {
        var image = folder.resolve(name + ".img");
        Command.ofSystem("truncate", "-s", "64M", image.toString()).run();
        Command.ofSystem("mkfs.ext4", "-q", "-F", image.toString()).run();
        return image;
    }
}
