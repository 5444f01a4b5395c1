package dev.caisson.envd;

import dev.caisson.guest.Errno;
import dev.caisson.guest.FileEntry;
import dev.caisson.guest.GuestException;
import dev.caisson.http.Exchange;
import dev.caisson.http.HeaderValue;
import dev.caisson.http.HttpException;
import dev.caisson.http.Json;
import dev.caisson.http.Multipart;
import dev.caisson.http.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code POST /files} ({@code contract/envd.md} §3.5). One per request. Contents go to the guest as they come. */
final class FileUpload {
    private static final String PART_NAME = "file";

    private final FileRequest request;
    private final Exchange exchange;
    private final Optional<String> path;

    FileUpload(FileRequest request) {
        this.request = request;
        this.exchange = request.exchange();
        this.path = request.query().first("path");
    }

    void answer() throws IOException {
        var body = RequestBody.decoded(exchange);
        List<FileEntry> written;
        try {
            written = write(body, FileMetadata.of(exchange));
        } catch (HttpException e) {
            if (e.status() == 400) {
                request.requireKnownUser();
            }
            throw e;
        }
        if (written.isEmpty()) {
            request.requireKnownUser();
        }
        Json.send(exchange, 200, written.stream().map(WrittenFile::of).toList());
    }

    private List<FileEntry> write(InputStream body, Map<String, String> metadata) throws IOException {
        var header = exchange.header("Content-Type").orElse("");
        var type = HeaderValue.parse(header).value();
        if (type.startsWith("multipart/")) {
            return writeParts(Multipart.of(header, body), metadata);
        }
        if (!type.equals("application/octet-stream")) {
            throw HttpException.invalid(
                    "the Content-Type of an upload is multipart/form-data or application/octet-stream, not '" + header + "'");
        }
        var target = path.filter(p -> !p.isEmpty())
                .orElseThrow(() -> HttpException.invalid("an upload as application/octet-stream needs the parameter \"path\""));
        return List.of(write(target, body, metadata));
    }

    private List<FileEntry> writeParts(Multipart parts, Map<String, String> metadata) throws IOException {
        var paths = request.paths();
        var seen = new HashSet<String>();
        var written = new ArrayList<FileEntry>();
        for (var part = parts.next(); part.isPresent(); part = parts.next()) {
            if (!part.get().name().equals(PART_NAME)) {
                continue;
            }
            var target = path.filter(p -> !p.isEmpty()).or(part.get()::filename).filter(p -> !p.isEmpty()).orElseThrow(
                    () -> HttpException.invalid("a part has no filename, and the parameter \"path\" is absent"));
            if (!written.isEmpty() && seen.contains(paths.resolve(target))) {
                throw HttpException.invalid("'" + paths.resolve(target) + "' is in the request more than once");
            }
            var entry = write(target, part.get().content(), metadata);
            seen.add(entry.path());
            written.add(entry);
        }
        return written;
    }

    private FileEntry write(String target, InputStream body, Map<String, String> metadata) throws IOException {
        var content = new UploadContent(body);
        try {
            var entry = request.agent().write(request.user(), target, metadata, content);
            content.rethrow();
            return entry;
        } catch (GuestException e) {
            content.rethrow();
            throw failure(target, e);
        }
    }

    private HttpException failure(String target, GuestException e) {
        if (FileFailures.isNoSpace(e)) {
            return FileFailures.noSpace(attempt());
        }
        return e.errno() == Errno.EISDIR
                ? FileFailures.folder(request.paths().resolve(target))
                : FileFailures.of(request.user(), e);
    }

    private String attempt() {
        var length = exchange.contentLength();
        return length.isPresent() ? "attempted to write " + length.getAsLong() + " bytes: " : "";
    }
}
