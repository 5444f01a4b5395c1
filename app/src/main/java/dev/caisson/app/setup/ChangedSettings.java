package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kernel settings this installation changed, with their values before, in {@code <data>/changed.json}. The record is written
 * before the change, so a crash in between loses nothing.
 */
final class ChangedSettings {
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private final KernelSettings settings;
    private final Path file;

    ChangedSettings(KernelSettings settings, Path data) {
        this.settings = settings;
        this.file = data.resolve("changed.json");
    }

    /** A setting's value before Caisson and the one it was given. */
    record Change(String before, String after) {}

    void set(String name, String before, String after) {
        var all = read();
        // The first value is the machine's own, whatever was set since.
        var oldest = all.containsKey(name) ? all.get(name).before() : before;
        all.put(name, new Change(oldest, after));
        write(all);
        settings.write(name, after);
    }

    /** Gives back what nobody changed since, and forgets all. */
    void restore() {
        read().forEach((name, change) -> {
            if (Long.toString(settings.read(name)).equals(change.after())) {
                settings.write(name, change.before());
            }
        });
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not remove " + file + ": " + e.getMessage(), e);
        }
    }

    private Map<String, Change> read() {
        try {
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<TreeMap<String, Change>>() {});
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (IOException | JacksonException e) {
            throw new AppException(
                    Category.INTERNAL, "could not read " + file + ", the record of changed kernel settings: " + e.getMessage(), e);
        }
    }

    private void write(Map<String, Change> all) {
        try {
            var aside = file.resolveSibling(file.getFileName() + ".new");
            Files.write(aside, JSON.writeValueAsBytes(all));
            FileCopies.sync(aside);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not write " + file + ": " + e.getMessage(), e);
        }
    }
}
