package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.caisson.base.Category;
import dev.caisson.linux.Command;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.Mounts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFrozenDisksTest {
    @TempDir
    Path folder;

    private FileFrozenDisks frozen;

    @BeforeEach
    void make() {
        frozen = new FileFrozenDisks(folder.resolve("frozen"));
    }

    private static Path disk(Path file, int megabytes) throws IOException {
        var bytes = new byte[megabytes << 20];
        new Random(megabytes).nextBytes(bytes);
        try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.seek(32 << 20);
            disk.write(bytes);
            disk.setLength(1 << 30);
        }
        return file;
    }

    @Test
    void aCopyStaysWhatItWasAndItsHolesAreFree() throws IOException {
        var disk = disk(folder.resolve("disk"), 2);
        var name = frozen.copy(disk);
        try (var change = new RandomAccessFile(disk.toFile(), "rw")) {
            change.write(new byte[] {1, 2, 3});
        }

        var kept = frozen.find(name).orElseThrow();
        assertThat(Files.mismatch(kept, disk)).isZero();
        assertThat(kept).hasSize(1 << 30);
        assertThat(frozen.bytes(name)).isBetween(2L << 20, 3L << 20);
        frozen.thaw(name, folder.resolve("thawed"));
        assertThat(Files.mismatch(kept, folder.resolve("thawed"))).isEqualTo(-1);
        assertThat(folder.resolve("thawed").toFile().canWrite()).isTrue();
    }

    @Test
    void nobodyFindsADraftUntilItIsKept() throws IOException {
        var disk = disk(folder.resolve("disk"), 1);
        LayerName.Frozen name;
        try (var draft = frozen.draft(disk)) {
            name = draft.name();
            assertThat(frozen.find(name)).isEmpty();
            // A collection meanwhile does it no harm.
            assertThat(frozen.retain(Set.of())).isEmpty();
            assertThat(draft.keep()).isEqualTo(name);
        }
        assertThat(frozen.find(name)).isPresent();
        try (var draft = frozen.draft(disk)) {
            assertThat(draft.name()).isNotEqualTo(name);
        }
        assertThat(entries()).containsExactly(name.id() + ".img");
    }

    @Test
    void aTakenDiskIsMoved() throws IOException {
        var disk = disk(folder.resolve("disk"), 1);
        var name = frozen.take(disk);
        assertThat(disk).doesNotExist();
        assertThat(frozen.find(name).orElseThrow()).hasSize(1 << 30);
    }

    @Test
    void whatNothingNeedsIsRemovedWithWhatAnEarlierProcessLeft() throws IOException {
        var kept = frozen.copy(disk(folder.resolve("one"), 1));
        var dropped = frozen.copy(disk(folder.resolve("two"), 1));
        Files.createFile(folder.resolve("frozen/.partial-" + ProcessHandle.current().pid() + "-1-x"));
        Files.createFile(folder.resolve("frozen/somebody-elses"));

        assertThat(frozen.retain(Set.of(kept))).containsExactly(dropped);
        assertThat(entries()).containsExactlyInAnyOrder(kept.id() + ".img", "somebody-elses");
        assertThat(new FileFrozenDisks(folder.resolve("none")).retain(Set.of())).isEmpty();
    }

    @Test
    void whatIsMissingIsNamed() {
        var name = new LayerName.Frozen(UUID.randomUUID());
        assertThat(frozen.find(name)).isEmpty();
        for (var attempt : List.<Runnable>of(
                () -> frozen.thaw(name, folder.resolve("x")), () -> frozen.bytes(name), () -> frozen.copy(folder.resolve("none")))) {
            assertThatThrownBy(attempt::run).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
        }
        assertThat(folder.resolve("frozen")).satisfiesAnyOf(
                path -> assertThat(path).doesNotExist(), path -> assertThat(path).isEmptyDirectory());
    }

    @Test
    @Tag("root")
    void aFullFileSystemIsSaidAndNothingIsLeft() throws IOException {
        var disk = disk(folder.resolve("disk"), 4);
        var small = Files.createDirectory(folder.resolve("small"));
        Mounts.tmpfs(small, 1 << 20);
        try {
            var full = new FileFrozenDisks(small.resolve("frozen"));
            assertThatThrownBy(() -> full.copy(disk)).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.EXHAUSTED));
            assertThat(small.resolve("frozen")).isEmptyDirectory();
        } finally {
            Mounts.detach(small);
        }
    }

    @Test
    @Tag("root")
    void whereTheFileSystemCanACopyTakesNoSpace() throws IOException {
        assumeTrue(Command.find("mkfs.xfs").isPresent(), "only a file system that shares blocks shows this; mkfs.xfs makes one");
        var image = folder.resolve("xfs.img");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(512 << 20);
        }
        Command.ofSystem("mkfs.xfs", "-q", "-m", "reflink=1", image.toString()).run();
        var mount = Files.createDirectory(folder.resolve("xfs"));
        Command.ofSystem("mount", "-o", "loop", image.toString(), mount.toString()).run();
        try {
            var shared = new FileFrozenDisks(mount.resolve("frozen"));
            var disk = disk(mount.resolve("disk"), 64);
            FileCopies.sync(disk);
            long before = Files.getFileStore(mount).getUsableSpace();
            var name = shared.copy(disk);
            assertThat(before - Files.getFileStore(mount).getUsableSpace()).isLessThan(4L << 20);
            assertThat(Files.mismatch(shared.find(name).orElseThrow(), disk)).isEqualTo(-1);
        } finally {
            Mounts.detach(mount);
        }
    }

    private List<String> entries() throws IOException {
        try (var files = Files.list(folder.resolve("frozen"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
