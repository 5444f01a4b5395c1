package dev.caisson.app.client;

import dev.caisson.base.Category;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the server is and what opens it.
 *
 * @param url of the REST API and of sandbox traffic, without a path
 */
public record Access(URI url, String key) {
    /** The file below the data folder that holds the first API key. */
    public static final String KEY_FILE = "key";
    /** The file below the data folder that holds the server's address. */
    public static final String URL_FILE = "url";

    /**
     * From {@code E2B_API_URL} and {@code E2B_API_KEY} where they are set, otherwise from the installation.
     *
     * @throws ClientException {@code NOT_FOUND} if nothing was set up here, {@code DENIED} if this user may not read it
     */
    public static Access find(Map<String, String> environment, Path data) {
        var url = Optional.ofNullable(environment.get("E2B_API_URL")).orElseGet(() -> read(data.resolve(URL_FILE)));
        var key = Optional.ofNullable(environment.get("E2B_API_KEY")).orElseGet(() -> read(data.resolve(KEY_FILE)));
        return new Access(URI.create(url), key);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new ClientException(
                    Category.NOT_FOUND, "there is no Caisson at " + file.getParent() + " yet; `caisson up` makes one", e);
        } catch (AccessDeniedException e) {
            throw new ClientException(
                    Category.DENIED,
                    "you may not read " + file + "; join its group (`sudo usermod -aG caisson $USER`, then log in again) or use sudo",
                    e);
        } catch (IOException e) {
            throw new ClientException(Category.INTERNAL, "could not read " + file + ": " + e.getMessage(), e);
        }
    }
}
