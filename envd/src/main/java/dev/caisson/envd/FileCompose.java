package dev.caisson.envd;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.guest.Errno;
import dev.caisson.guest.FileEntry.FileType;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code POST /files/compose}: joins files into one and removes them ({@code contract/envd.md} §3.6). The destination is the
 * old file until it is the whole new one. One per request.
 */
final class FileCompose {
    private final GuestAgent agent;
    private final Exchange exchange;

    FileCompose(GuestAgent agent, Exchange exchange) {
        this.agent = agent;
        this.exchange = exchange;
    }

    private record Wanted(
            @JsonProperty("source_paths") Optional<List<String>> sources,
            @JsonProperty("destination") Optional<String> destination,
            @JsonProperty("username") Optional<String> username) {}

    void answer() throws IOException {
        var wanted = Json.read(exchange, Wanted.class);
        var user = wanted.username().orElse("");
        var destination = wanted.destination().filter(path -> !path.isEmpty())
                .orElseThrow(() -> HttpException.invalid("\"destination\" is empty"));
        var sources = wanted.sources().filter(paths -> !paths.isEmpty())
                .orElseThrow(() -> HttpException.invalid("\"source_paths\" is empty"));
        try {
            check(user, sources, destination);
            Json.send(exchange, 200, compose(user, sources, destination));
        } catch (GuestException e) {
            throw FileFailures.of(user, e);
        }
    }

    private void check(String user, List<String> sources, String destination) {
        var paths = new GuestPaths(agent, user);
        for (var source : sources) {
            if (paths.resolve(source).equals(paths.resolve(destination))) {
                throw HttpException.invalid("'" + source + "' is a source and the destination");
            }
            if (type(user, source, paths) != FileType.FILE) {
                throw HttpException.invalid("path '" + paths.resolve(source) + "' is not a regular file");
            }
        }
    }

    private FileType type(String user, String source, GuestPaths paths) {
        try {
            return agent.stat(user, source).type();
        } catch (GuestException e) {
            if (e.errno() == Errno.ENOENT) {
                throw FileFailures.missing(paths.resolve(source));
            }
            throw e;
        }
    }

    private WrittenFile compose(String user, List<String> sources, String destination) {
        var part = destination + ".e2b-compose." + UUID.randomUUID() + ".tmp";
        try (var content = new JoinedFiles(agent, user, sources)) {
            agent.write(user, part, Map.of(), content);
            var entry = agent.move(user, part, destination);
            sources.forEach(source -> agent.remove(user, source));
            return WrittenFile.of(entry);
        } finally {
            agent.remove(user, part);
        }
    }
}
