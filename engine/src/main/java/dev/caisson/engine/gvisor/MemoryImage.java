package dev.caisson.engine.gvisor;

import dev.caisson.base.Category;
import dev.caisson.engine.Durability;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.SavedMemory;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder with the memory of a sandbox: the tool's own files, the specification that the sandbox had ({@code config.json}) and,
 * as the last one written, {@code saved.json} with what this record holds. Complete or absent: it is written beside its place
 * under another name, flushed, and renamed.
 *
 * @param folder where
 * @param build that saved it
 * @param sizes of all other files
 */
record MemoryImage(Path folder, String build, Map<String, Long> sizes) {
    private static final String SPEC = "config.json";
    private static final String RECORD = "saved.json";
    /** Of the sandbox's kernel's own state, which is small, and of the file system. */
    private static final long SPARE_BYTES = 16L << 20;

    /** {@link #RECORD} as it is written. */
    private record Content(String build, TreeMap<String, Long> sizes) {}

    /** Has the sandbox's kernel write its memory into a folder. */
    interface Writer {
        void write(Path folder);
    }

    /**
     * Saves into {@code folder}, which does not exist yet.
     *
     * @param bytes what the sandbox has in memory
     * @param durability whether it is flushed
     * @throws EngineException {@code EXHAUSTED} without room for it; nothing is left then, whatever it was
     */
    static void save(Path folder, String id, String build, Path spec, long bytes, Durability durability, Writer writer) {
        var aside = folder.resolveSibling(folder.getFileName() + ".part");
        try {
            if (Files.exists(folder)) {
                throw new EngineException(Category.CONFLICT, "sandbox " + id + " was not saved: there is something at the place already");
            }
            delete(aside);
            requireRoom(aside, id, bytes);
            Files.createDirectory(aside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            writer.write(aside);
            Files.copy(spec, aside.resolve(SPEC));
            complete(aside, build);
            if (durability == Durability.FLUSHED) {
                new SavedMemory(aside, build).flush();
            }
            Files.move(aside, folder);
            if (durability == Durability.FLUSHED) {
                FileCopies.sync(parent(folder));
            }
        } catch (IOException | LinuxException e) {
            throw deleted(aside, new EngineException(isNoSpace(e) ? Category.EXHAUSTED : Category.INTERNAL,
                    "the memory of sandbox " + id + " could not be saved" + (isNoSpace(e) ? ": there is no space left" : ""), e));
        } catch (EngineException e) {
            throw deleted(aside, e);
        }
    }

    /**
     * Reads what was saved.
     *
     * @throws EngineException {@code NOT_FOUND} if there is nothing, {@code INTERNAL} if it is damaged, {@code INVALID} if another
     *     build saved it than said
     */
    static MemoryImage of(SavedMemory memory) {
        try {
            var content = JsonMapper.shared().readValue(Files.readAllBytes(memory.folder().resolve(RECORD)), Content.class);
            var image = new MemoryImage(memory.folder(), content.build(), content.sizes());
            image.requireSizes();
            if (!content.build().equals(memory.build())) {
                throw new EngineException(Category.INVALID, "the memory was saved by the build '" + content.build() + "' and not by '" + memory.build() + "'");
            }
            return image;
        } catch (IOException e) {
            throw new EngineException(Category.NOT_FOUND, "the saved memory is not there, or incomplete", e);
        } catch (JacksonException e) {
            throw new EngineException(Category.INTERNAL, "the saved memory is damaged: its record cannot be read", e);
        }
    }

    /** The specification of the sandbox that was saved. */
    byte[] spec() {
        try {
            return Files.readAllBytes(folder.resolve(SPEC));
        } catch (IOException e) {
            throw new EngineException(Category.INTERNAL, "the saved memory is damaged: its specification cannot be read", e);
        }
    }

    long bytes() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    private void requireSizes() throws IOException {
        for (var file : sizes.entrySet()) {
            if (Files.size(folder.resolve(file.getKey())) != file.getValue()) {
                throw new EngineException(Category.INTERNAL, "the saved memory is damaged: '" + file.getKey() + "' is not as long as it was");
            }
        }
    }

    private static void complete(Path folder, String build) throws IOException {
        var sizes = new TreeMap<String, Long>();
        for (var file : files(folder)) {
            sizes.put(file.getFileName().toString(), Files.size(file));
        }
        Files.write(folder.resolve(RECORD), JsonMapper.shared().writeValueAsBytes(new Content(build, sizes)));
    }

    private static void requireRoom(Path aside, String id, long bytes) {
        long free = parent(aside).toFile().getUsableSpace();
        if (free < bytes + SPARE_BYTES) {
            throw new EngineException(Category.EXHAUSTED, "the memory of sandbox " + id + " was not saved: it takes up to "
                    + (bytes + SPARE_BYTES >> 20) + " MiB, and " + (free >> 20) + " MiB are free");
        }
    }

    /** Also one of the last try, that a server which died left. */
    private static void delete(Path aside) throws IOException {
        if (Files.exists(aside)) {
            for (var file : files(aside)) {
                // The sandbox's kernel closes its files when it comes to it, and would keep their space until then.
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING).close();
                Files.delete(file);
            }
            Files.delete(aside);
        }
    }

    private static EngineException deleted(Path aside, EngineException failure) {
        try {
            delete(aside);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static List<Path> files(Path folder) throws IOException {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        }
        return found;
    }

    private static Path parent(Path path) {
        return path.toAbsolutePath().resolveSibling("");
    }

    private static boolean isNoSpace(Exception e) {
        return String.valueOf(e.getMessage()).contains("No space left");
    }
}
