package dev.caisson.host.journal;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * The folder of one sandbox with its {@code journal.json}, and its disk, which lies beside the folder because the path of an
 * image in use shows to every local user. Used by one thread at a time.
 *
 * @param id whose it is
 * @param path {@code <data>/sandboxes/<id>}
 */
public record SandboxFolder(SandboxId id, Path path) {
    private static final String DISK_SUFFIX = ".img";
    private static final String MEMORY_PREFIX = "memory-";

    /** What reading a journal gave. */
    public sealed interface Reading {
        record Read(Journal journal) implements Reading {}

        /** There is none: the folder was just made, or is about to go. */
        record Missing() implements Reading {}

        record Unreadable(String why) implements Reading {}
    }

    public static SandboxFolder of(Path sandboxes, SandboxId id) {
        return new SandboxFolder(id, sandboxes.resolve(id.value()));
    }

    /** Whether this is the name of some sandbox's disk. */
    public static boolean isDisk(String name) {
        return name.matches("m[0-9a-f]{19}\\.img");
    }

    public Path disk() {
        return path.resolveSibling(MachineName.of(id) + DISK_SUFFIX);
    }

    /** Where a disk is made that is to take the place of the one that there is. */
    public Path nextDisk() {
        return path.resolve("disk.new");
    }

    /** The disk made at {@link #nextDisk} is the sandbox's from here on. */
    public void replaceDisk() {
        try {
            Files.move(nextDisk(), disk(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed("replace the disk", e);
        }
    }

    public Path journal() {
        return path.resolve("journal.json");
    }

    private Path aside() {
        return path.resolve("journal.new");
    }

    public void create() {
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw failed("make the folder", e);
        }
    }

    /** Replaces the journal as a whole. On failure the earlier one is still there. */
    public void write(Journal journal) {
        try {
            Files.write(aside(), JournalFormat.MAPPER.writeValueAsBytes(journal));
            Files.move(aside(), journal(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed("write the journal", e);
        }
    }

    /**
     * Like {@link #write}, and it is there after a power cut as well, as are the folder, its other entries and the disk's
     * entry beside it.
     */
    public void writeFlushed(Journal journal) {
        try {
            Files.write(aside(), JournalFormat.MAPPER.writeValueAsBytes(journal));
            flush(aside(), StandardOpenOption.WRITE);
            Files.move(aside(), journal(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            flush(path, StandardOpenOption.READ);
            flush(path.resolveSibling("."), StandardOpenOption.READ);
        } catch (IOException e) {
            throw failed("write the journal", e);
        }
    }

    private static void flush(Path file, StandardOpenOption access) throws IOException {
        try (var channel = FileChannel.open(file, access)) {
            channel.force(true);
        }
    }

    public Reading read() {
        try {
            var written = JournalFormat.MAPPER.readTree(Files.readAllBytes(journal()));
            if (!written.isObject()) {
                return new Reading.Unreadable("it is no JSON object");
            }
            var journal = JournalFormat.MAPPER.treeToValue(EarlierJournals.complete(written), Journal.class);
            if (journal.format() != Journal.FORMAT) {
                return new Reading.Unreadable("it has format " + journal.format() + ", not " + Journal.FORMAT);
            }
            if (!journal.info().id().equals(id)) {
                return new Reading.Unreadable("it is that of sandbox " + journal.info().id());
            }
            return new Reading.Read(journal);
        } catch (NoSuchFileException e) {
            return new Reading.Missing();
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            return new Reading.Unreadable(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** Without its journal a sandbox is taken apart at the next start. Needs no room on the disk. */
    public void forget() {
        delete(journal());
    }

    /** Where the memory of a pause is kept. */
    public Path memory(String name) {
        return path.resolve(name);
    }

    /** How much is read when it is restored; 0 if there is none. */
    public long memoryBytes(String name) {
        if (name.isEmpty()) {
            return 0;
        }
        try (var files = Files.walk(memory(name))) {
            return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
        } catch (IOException e) {
            throw failed("look at the saved memory", e);
        }
    }

    /** Makes the files of a memory that lies elsewhere, on the same file system, those of one of this sandbox's. */
    public void linkMemory(String name, Path elsewhere) {
        try (var files = Files.list(elsewhere)) {
            Files.createDirectory(memory(name));
            for (var file : files.toList()) {
                Files.createLink(memory(name).resolve(file.getFileName()), file);
            }
            flush(memory(name), StandardOpenOption.READ);
        } catch (IOException e) {
            throw failed("take over a saved memory", e);
        }
    }

    /** Removes one saved memory. Idempotent. */
    public void deleteMemory(String name) {
        if (!name.isEmpty() && Files.exists(memory(name))) {
            try {
                deleteTree(memory(name));
            } catch (IOException e) {
                throw failed("remove the saved memory", e);
            }
        }
    }

    /**
     * Removes every saved memory but one, and what saves that did not come to their end left.
     *
     * @param kept the name of that one; empty for none
     * @return the names of those removed
     */
    public List<String> retainMemory(String kept) {
        var removed = new ArrayList<String>();
        try (var entries = Files.list(path)) {
            for (var entry : entries.toList()) {
                var name = String.valueOf(entry.getFileName());
                if (name.startsWith(MEMORY_PREFIX) && !name.equals(kept)) {
                    deleteTree(entry);
                    removed.add(name);
                }
            }
        } catch (IOException e) {
            throw failed("remove the saved memory", e);
        }
        return removed;
    }

    /** The name for what is saved of a run, another one than {@code taken}. */
    public static String memoryName(int run, String taken) {
        var usual = MEMORY_PREFIX + run;
        return usual.equals(taken) ? usual + "-again" : usual;
    }

    public void deleteDisk() {
        delete(disk());
    }

    /** Idempotent. */
    public void deleteNextDisk() {
        delete(nextDisk());
    }

    /** Removes the disk and the folder with everything in it, the journal last. Idempotent. */
    public void delete() {
        deleteDisk();
        try (var entries = Files.list(path)) {
            for (var entry : entries.filter(entry -> !entry.equals(journal())).toList()) {
                deleteTree(entry);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw failed("remove what is in the folder", e);
        }
        delete(journal());
        delete(path);
    }

    private static void deleteTree(Path top) throws IOException {
        try (var all = Files.walk(top)) {
            for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("remove " + file.getFileName(), e);
        }
    }

    private JournalException failed(String attempt, IOException e) {
        return new JournalException(
                full(e) ? Category.EXHAUSTED : Category.INTERNAL,
                "could not " + attempt + " of sandbox " + id + ": " + reason(e),
                e);
    }

    /** The JDK has no type for a full disk; this is the system's text for ENOSPC and EDQUOT. */
    static boolean full(IOException e) {
        var text = String.valueOf(e.getMessage());
        return text.contains("No space left") || text.contains("quota exceeded");
    }

    /** Without the path, which clients are not to see. */
    private static String reason(IOException e) {
        if (e instanceof FileSystemException files && files.getReason() != null) {
            return files.getReason();
        }
        return e.getMessage() == null || e instanceof FileSystemException ? e.getClass().getSimpleName() : e.getMessage();
    }
}
