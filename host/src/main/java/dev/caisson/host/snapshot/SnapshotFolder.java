package dev.caisson.host.snapshot;

import dev.caisson.host.journal.JournalFormat;
import dev.caisson.linux.FileCopies;
import dev.caisson.node.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;

/** The folder of one state: its manifest, and its memory if that was saved. */
record SnapshotFolder(Path path) {

    /** A manifest that cannot be believed; the message says why. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
        }
    }

    Path memory() {
        return path.resolve("memory");
    }

    Path manifest() {
        return path.resolve("manifest.json");
    }

    void create() throws IOException {
        Files.createDirectories(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Writes the manifest; it and the folder are on the disk when this returns. */
    void write(SnapshotManifest manifest) throws IOException {
        Files.write(manifest(), JournalFormat.MAPPER.writeValueAsBytes(manifest));
        FileCopies.sync(manifest());
        FileCopies.sync(path);
    }

    /** Replaces the manifest; on failure the earlier one is still there. */
    void rewrite(SnapshotManifest manifest) throws IOException {
        var aside = path.resolve("manifest.new");
        Files.write(aside, JournalFormat.MAPPER.writeValueAsBytes(manifest));
        FileCopies.sync(aside);
        Files.move(aside, manifest(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        FileCopies.sync(path);
    }

    /** Reads the manifest of the state that this folder must be. */
    SnapshotManifest read(SnapshotId id) throws DamagedException {
        try {
            var manifest = JournalFormat.MAPPER.readValue(Files.readAllBytes(manifest()), SnapshotManifest.class);
            if (manifest.format() != SnapshotManifest.FORMAT) {
                throw new DamagedException("its manifest has format " + manifest.format() + ", not " + SnapshotManifest.FORMAT);
            }
            if (!manifest.id().equals(id)) {
                throw new DamagedException("its manifest is that of " + manifest.id());
            }
            return manifest;
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new DamagedException("its manifest cannot be read: " + e.getMessage());
        }
    }

    /** What is wrong with its memory; nothing if all is well. */
    List<String> problems(SnapshotManifest manifest, boolean content) {
        var found = new ArrayList<String>();
        manifest.files().forEach(file -> Checksums.problem(memory(), file, content).ifPresent(found::add));
        return found;
    }

    /** Without its manifest it is no state any more, also after a power cut; its memory is there for who still reads it. */
    void forget() throws IOException {
        Files.deleteIfExists(manifest());
        FileCopies.sync(path);
    }

    /** Removes it with all that is in it; idempotent. */
    void delete() throws IOException {
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // It is gone, which is what was wanted.
            return;
        }
    }
}
