package dev.caisson.app.copy;

import dev.caisson.app.client.ClientException;
import dev.caisson.base.Category;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What this machine's files say when they cannot be read or written, in words. */
final class LocalFailure {
    private LocalFailure() {}

    static ClientException of(String verb, Path path, IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> new ClientException(Category.NOT_FOUND, "there is no " + missing.getFile(), missing);
            case AccessDeniedException denied ->
                new ClientException(Category.DENIED, "you may not " + verb + " " + denied.getFile(), denied);
            case FileSystemException failed ->
                new ClientException(Category.INTERNAL, "could not " + verb + " " + path + ": " + reason(failed), failed);
            default -> new ClientException(Category.INTERNAL, "could not " + verb + " " + path + ": " + e.getMessage(), e);
        };
    }

    private static String reason(FileSystemException e) {
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }
}
