package dev.caisson.app.server;

import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file that holds one value as JSON, for people to read too. It is replaced as a whole, so it is whole or absent after the
 * death of the program or the machine at any instant.
 *
 * @param path where it is
 * @param type of its value; a member that it does not know makes the file unreadable, unless it says that such are ignored
 * @param remedy what a person does when it cannot be read
 */
public record JsonFile<T>(Path path, TypeReference<T> type, String remedy) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Nothing if there is no such file. */
    public Optional<T> read() {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(path), type));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            throw new AppException(Category.INTERNAL, "could not read " + path + ": " + e.getMessage() + "; " + remedy, e);
        }
    }

    public void write(T value) {
        try {
            var aside = path.resolveSibling(path.getFileName() + ".new");
            Files.write(aside, JSON.writeValueAsBytes(value));
            FileCopies.sync(aside);
            Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not write " + path + ": " + e.getMessage(), e);
        }
    }

    /** Does nothing if there is no such file. */
    public void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not remove " + path + ": " + e.getMessage(), e);
        }
    }
}
