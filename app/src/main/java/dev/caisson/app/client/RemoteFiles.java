package dev.caisson.app.client;

import dev.caisson.base.Category;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The files of one sandbox, as one user sees them. Contents are streamed. Safe for use by many threads. */
public final class RemoteFiles {
    private final SandboxConnection connection;
    private final Optional<String> user;

    RemoteFiles(SandboxConnection connection, Optional<String> user) {
        this.connection = connection;
        this.user = user;
    }

    /** What {@code path} leads to; empty if there is nothing. */
    public Optional<RemoteFile> find(String path) {
        try {
            return Optional.of(RemoteFile.of(call("Stat", Map.of("path", path)).path("entry")));
        } catch (ClientException e) {
            if (e.category() == Category.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What is directly in a folder. */
    public List<RemoteFile> list(String folder) {
        return call("ListDir", Map.of("path", folder, "depth", 1)).path("entries").valueStream().map(RemoteFile::of).toList();
    }

    /** Makes a folder and those above it; one that is there is well. */
    public void makeFolder(String path) {
        try {
            call("MakeDir", Map.of("path", path));
        } catch (ClientException e) {
            if (e.category() != Category.CONFLICT) {
                throw e;
            }
        }
    }

    /** Writes a file, and makes the folders above it. */
    public void write(String path, HttpRequest.BodyPublisher content) {
        var request = connection.request(target(path), Optional.empty())
                .header("Content-Type", "application/octet-stream")
                .POST(content)
                .build();
        try (var answer = connection.send(request)) {
            answer.readAllBytes();
        } catch (IOException e) {
            throw connection.gone(e);
        }
    }

    /** The content of a file, as it comes. */
    public InputStream read(String path) {
        return connection.send(connection.request(target(path), Optional.empty()).GET().build());
    }

    private JsonNode call(String method, Map<String, ?> message) {
        return connection.unary("filesystem.Filesystem/" + method, message, user);
    }

    private String target(String path) {
        var query = "files?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8);
        return user.map(name -> query + "&username=" + URLEncoder.encode(name, StandardCharsets.UTF_8)).orElse(query);
    }
}
