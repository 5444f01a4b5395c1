package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.linux.Command;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class Ext4DisksTest {
    private static final long TEN_GIB = 10L << 30;

    @TempDir
    Path folder;

    private Ext4Disks disks;

    @BeforeEach
    void makeDisks() {
        disks = new Ext4Disks(folder.resolve("disks"));
    }

    @Test
    void aDiskMountsWithTheWantedSizeAndEmptyFolders() throws IOException {
        var disk = folder.resolve("disk.img");
        disks.create(disk, TEN_GIB);
        assertThat(Files.size(disk)).isEqualTo(TEN_GIB);

        var mount = Files.createDirectory(folder.resolve("mount"));
        Mounts.ext4(disk, mount);
        try {
            var space = Files.getFileStore(mount);
            assertThat(space.getTotalSpace()).isBetween(TEN_GIB * 98 / 100, TEN_GIB);
            assertThat(space.getUsableSpace()).isGreaterThan(TEN_GIB * 97 / 100);
            for (var name : new String[] {"upper", "work"}) {
                assertThat(mount.resolve(name)).isEmptyDirectory();
                assertThat(Files.getAttribute(mount.resolve(name), "unix:uid")).isEqualTo(0);
                assertThat(Files.getPosixFilePermissions(mount.resolve(name))).isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Files.writeString(mount.resolve("upper/file"), "text");
        } finally {
            Mounts.unmount(mount);
        }
    }

    @Test
    void anEmptyDiskTakesLittleSpace() throws IOException {
        var disk = folder.resolve("disk.img");
        disks.create(disk, TEN_GIB);
        long blocks = Long.parseLong(Command.ofSystem("stat", "--format=%b", disk.toString()).run().output().strip());
        assertThat(blocks * 512).isLessThan(1 << 20);
    }

    @Test
    void oneDisksContentIsNotInTheNext() throws IOException {
        var first = folder.resolve("first.img");
        disks.create(first, 64 << 20);
        var mount = Files.createDirectory(folder.resolve("mount"));
        Mounts.ext4(first, mount);
        Files.writeString(mount.resolve("upper/secret"), "text");
        Mounts.unmount(mount);

        var second = folder.resolve("second.img");
        disks.create(second, 64 << 20);
        Mounts.ext4(second, mount);
        try {
            assertThat(mount.resolve("upper")).isEmptyDirectory();
        } finally {
            Mounts.unmount(mount);
        }
    }

    @Test
    void manyDisksAtOnceComeFromOneFormattedImage() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var makes = new ArrayList<Callable<Void>>();
            for (int i = 0; i < 8; i++) {
                var target = folder.resolve("disk-" + i);
                makes.add(() -> {
                    disks.create(target, 64 << 20);
                    return null;
                });
            }
            for (var made : threads.invokeAll(makes)) {
                made.get();
            }
        }
        try (var files = Files.list(folder.resolve("disks"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aFormattedImageThatVanishedIsMadeAgain() throws IOException {
        disks.create(folder.resolve("first"), 64 << 20);
        try (var files = Files.list(folder.resolve("disks"))) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        disks.create(folder.resolve("second"), 64 << 20);
        assertThat(folder.resolve("second")).hasSize(64 << 20);
    }

    @Test
    void anExistingFileIsNotOverwritten() throws IOException {
        var taken = Files.writeString(folder.resolve("taken"), "precious");
        assertThatThrownBy(() -> disks.create(taken, 64 << 20)).isInstanceOf(ImageException.class);
        assertThat(taken).hasContent("precious");
    }

    @Test
    void aFullFileSystemLeavesNothing() throws IOException {
        var full = Files.createDirectory(folder.resolve("full"));
        Mounts.tmpfs(full, 64 << 10);
        try {
            assertThatThrownBy(() -> disks.create(full.resolve("disk"), TEN_GIB)).isInstanceOf(ImageException.class);
            assertThat(full).isEmptyDirectory();
        } finally {
            Mounts.unmount(full);
        }
    }

    @Test
    void aDiskTooSmallForAFileSystemIsRefused() {
        assertThatThrownBy(() -> disks.create(folder.resolve("tiny"), 1000)).isInstanceOf(ImageException.class);
    }
}
