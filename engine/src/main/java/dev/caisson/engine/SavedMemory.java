package dev.caisson.engine;

import dev.caisson.base.Category;
import dev.caisson.linux.FileCopies;
import dev.caisson.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What {@link EngineSandbox#saveMemory} left.
 *
 * @param folder all of it; read only
 * @param build {@link EngineInfo#build()} of the sandbox that was saved: no other can restore it
 */
public record SavedMemory(Path folder, String build) {

    /**
     * Flushes it to the host's disk, for what was only {@link Durability#WRITTEN}. Its folder's own name is for its owner to flush.
     *
     * @throws EngineException {@code NOT_FOUND} if it is gone; {@code EXHAUSTED} if the disk is full, {@code INTERNAL} if it fails
     */
    public void flush() {
        try (var files = Files.newDirectoryStream(folder)) {
            files.forEach(FileCopies::sync);
            FileCopies.sync(folder);
        } catch (NoSuchFileException e) {
            throw new EngineException(Category.NOT_FOUND, "the saved memory is not there", e);
        } catch (IOException | LinuxException e) {
            var full = String.valueOf(e.getMessage()).contains("No space left");
            throw new EngineException(full ? Category.EXHAUSTED : Category.INTERNAL, "the saved memory could not be flushed to the disk", e);
        }
    }
}
