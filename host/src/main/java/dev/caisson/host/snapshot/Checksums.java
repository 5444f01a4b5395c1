package dev.caisson.host.snapshot;

import dev.caisson.host.snapshot.SnapshotManifest.SavedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Sizes and CRC-32C of the files of a saved memory: against damage, not against people. */
final class Checksums {
    private static final int BUFFER = 1 << 20;

    private Checksums() {}

    /** Every file below the folder, in the order of their paths; none if there is no such folder. */
    static List<SavedFile> measure(Path folder) throws IOException {
        return files(folder, true);
    }

    /** The same without having read them: their sums are empty. */
    static List<SavedFile> sizes(Path folder) throws IOException {
        return files(folder, false);
    }

    private static List<SavedFile> files(Path folder, boolean content) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var files = new ArrayList<SavedFile>();
        try (var paths = Files.walk(folder)) {
            for (var path : paths.filter(Files::isRegularFile).sorted().toList()) {
                files.add(new SavedFile(folder.relativize(path).toString(), Files.size(path), content ? sum(path) : ""));
            }
        }
        return files;
    }

    /**
     * What is wrong with a file, if anything is.
     *
     * @param content whether to read it too, not only to look at its size
     */
    static Optional<String> problem(Path folder, SavedFile expected, boolean content) {
        var file = folder.resolve(expected.path());
        try {
            if (Files.size(file) != expected.bytes()) {
                return Optional.of("'" + expected.path() + "' has " + Files.size(file) + " bytes, not " + expected.bytes());
            }
            return content && !sum(file).equals(expected.crc32c())
                    ? Optional.of("the content of '" + expected.path() + "' is not what was saved")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("'" + expected.path() + "' cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private static String sum(Path file) throws IOException {
        var sum = new CRC32C();
        var buffer = ByteBuffer.allocateDirect(BUFFER);
        try (var channel = FileChannel.open(file)) {
            while (channel.read(buffer) >= 0) {
                sum.update(buffer.flip());
                buffer.clear();
            }
        }
        return String.format("%08x", sum.getValue());
    }
}
