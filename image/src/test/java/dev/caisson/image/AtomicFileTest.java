package dev.caisson.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void aFileReplacesItsPredecessorWhole() throws IOException {
        Files.writeString(folder.resolve("name"), "old");
        var aside = AtomicFile.aside(folder);
        Files.writeString(aside, "new");
        AtomicFile.settle(folder, aside, "name");

        assertThat(folder.resolve("name")).hasContent("new");
        assertThat(aside).doesNotExist();
    }

    @Test
    void onlyAFileOfADeadProcessIsAbandoned() {
        assertThat(AtomicFile.isAbandoned(AtomicFile.aside(folder))).isFalse();
        // This process's number, but of an earlier process.
        assertThat(AtomicFile.isAbandoned(folder.resolve(".partial-" + ProcessHandle.current().pid() + "-1-x"))).isTrue();
        assertThat(AtomicFile.isAbandoned(folder.resolve(".partial-nonsense"))).isTrue();
        assertThat(AtomicFile.isAbandoned(folder.resolve("a".repeat(64) + ".erofs"))).isFalse();
    }
}
