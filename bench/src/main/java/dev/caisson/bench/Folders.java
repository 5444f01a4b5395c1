package dev.caisson.bench;

import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** What measurements do with folders. */
final class Folders {
    private Folders() {}

    /** Flushes a folder of files to the disk, and its own entry. */
    static void flush(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            files.forEach(FileCopies::sync);
        }
        FileCopies.sync(folder);
        FileCopies.sync(folder.resolveSibling(""));
    }

    /** Removes what a measurement left. */
    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
