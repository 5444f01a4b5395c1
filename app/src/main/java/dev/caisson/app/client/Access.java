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
    /** The file below the data folder that holds the operator's token; for root only. */
    public static final String ADMIN_TOKEN_FILE = "admin-token";
    /** The file below the data folder that holds the server's address. */
    public static final String URL_FILE = "url";

    /**
     * From {@code E2B_API_URL} and {@code E2B_API_KEY} where the first is set, otherwise from the installation: a key goes only
     * where it was made for.
     *
     * @throws ClientException {@code INVALID} if the variables name another server without a key for it, {@code NOT_FOUND} if
     *     nothing was set up here, {@code DENIED} if this user may not read it
     */
    public static Access find(Map<String, String> environment, Path data) {
        var elsewhere = Optional.ofNullable(environment.get("E2B_API_URL"));
        var key = elsewhere.flatMap(set -> Optional.ofNullable(environment.get("E2B_API_KEY")));
        if (key.isPresent()) {
            return new Access(url(environment, data), key.get());
        }
        if (namesAnother(environment, data)) {
            throw new ClientException(
                    Category.INVALID, "E2B_API_URL is set to " + elsewhere.orElseThrow() + ", which is not the server of this machine: set E2B_API_KEY"
                            + " too, or unset E2B_API_URL");
        }
        return new Access(url(environment, data), read(data.resolve(KEY_FILE)));
    }

    /** Whether the variables name a server, and not as the one that was set up here. */
    static boolean namesAnother(Map<String, String> environment, Path data) {
        var named = environment.get("E2B_API_URL");
        var file = data.resolve(URL_FILE);
        return named != null && !(Files.exists(file) && named.equals(read(file)));
    }

    /** What opens the server for this key's team. */
    Map<String, String> credentials() {
        return Map.of("X-API-Key", key);
    }

    static URI url(Map<String, String> environment, Path data) {
        return URI.create(Optional.ofNullable(environment.get("E2B_API_URL")).orElseGet(() -> read(data.resolve(URL_FILE))));
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new ClientException(
                    Category.NOT_FOUND, "there is no Caisson at " + file.getParent() + " yet; `caisson up` makes one", e);
        } catch (AccessDeniedException e) {
            throw new ClientException(
                    Category.DENIED,
                    "you may not read " + file + "; log in again if `caisson up` has just added you to its group, or use sudo",
                    e);
        } catch (IOException e) {
            throw new ClientException(Category.INTERNAL, "could not read " + file + ": " + e.getMessage(), e);
        }
    }
}
