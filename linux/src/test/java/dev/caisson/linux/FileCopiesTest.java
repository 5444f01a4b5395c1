package dev.caisson.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCopiesTest {
    @TempDir
    Path folder;

    @Test
    void keepsContentAndHoles() throws Exception {
        var source = folder.resolve("source");
        var bytes = new byte[300_000];
        new Random(1).nextBytes(bytes);
        try (var file = new RandomAccessFile(source.toFile(), "rw")) {
            file.seek(8 << 20);
            file.write(bytes);
            file.setLength(64 << 20);
        }
        var target = folder.resolve("target");
        FileCopies.copy(source, target);

        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        assertThat(blocks(target)).isLessThan(2048).isPositive();
        assertThat(FileCopies.dataBytes(target)).isBetween(300_000L, 512L * 2048);
        FileCopies.sync(target);
        FileCopies.sync(folder);
    }

    @Test
    void copiesToAnotherFileSystem() throws Exception {
        var source = folder.resolve("source");
        var bytes = new byte[3_000_000];
        new Random(2).nextBytes(bytes);
        Files.write(source, bytes);
        var other = Files.createTempDirectory(Path.of("/dev/shm"), "caisson-copy");
        try {
            FileCopies.copy(source, other.resolve("target"));
            assertThat(Files.mismatch(source, other.resolve("target"))).isEqualTo(-1);
        } finally {
            Files.deleteIfExists(other.resolve("target"));
            Files.delete(other);
        }
    }

    @Test
    void copiesAnEmptyFile() throws Exception {
        var source = Files.createFile(folder.resolve("source"));
        FileCopies.copy(source, folder.resolve("target"));
        assertThat(folder.resolve("target")).isEmptyFile();
    }

    @Test
    void refusesToOverwriteAndLeavesTheOtherFileAlone() throws Exception {
        var source = Files.writeString(folder.resolve("source"), "new");
        var target = Files.writeString(folder.resolve("target"), "old");
        assertThatThrownBy(() -> FileCopies.copy(source, target)).isInstanceOfSatisfying(LinuxException.class,
                e -> assertThat(e.category()).isEqualTo(Category.CONFLICT)).hasMessageContaining(target.toString());
        assertThat(target).hasContent("old");
    }

    @Test
    void worksFromAVirtualThread() throws Exception {
        var source = Files.writeString(folder.resolve("source"), "text");
        var thread = Thread.startVirtualThread(() -> FileCopies.copy(source, folder.resolve("target")));
        thread.join();
        assertThat(folder.resolve("target")).hasContent("text");
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> FileCopies.copy(folder.resolve("none"), folder.resolve("target")))
                .isInstanceOf(LinuxException.class).hasMessageContaining("none").hasMessageContaining("No such file");
        assertThat(folder.resolve("target")).doesNotExist();
    }

    private static long blocks(Path file) {
        return Long.parseLong(Command.ofSystem("stat", "-c", "%b", file.toString()).run().output().strip());
    }
}
