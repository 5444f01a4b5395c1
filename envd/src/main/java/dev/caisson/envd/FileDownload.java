package dev.caisson.envd;

import dev.caisson.guest.FileEntry;
import dev.caisson.guest.FileRead;
import dev.caisson.guest.GuestException;
import dev.caisson.http.Exchange;
import dev.caisson.http.HttpException;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * {@code GET /files} ({@code contract/envd.md} §3.4). One per request. The answer's stream is closed only after success: a
 * failure must not look like an end.
 */
final class FileDownload {
    private static final int SNIFFED_BYTES = 512;
    private static final int BUFFER_BYTES = 65536;

    private final FileRequest request;
    private final Exchange exchange;
    private final String path;

    FileDownload(FileRequest request) {
        this.request = request;
        this.exchange = request.exchange();
        this.path = request.query().first("path").orElse("");
    }

    void answer() throws IOException {
        try (var whole = open(0, -1)) {
            var entry = whole.entry();
            exchange.setHeader("Vary", "Accept-Encoding");
            exchange.setHeader("Content-Disposition", ContentDisposition.inline(entry.name()));
            switch (AcceptedCoding.of(exchange)) {
                case NONE -> throw HttpException.withStatus(
                        406, "the file can be sent as it is or packed with gzip, and Accept-Encoding refuses both");
                case GZIP -> packed(whole);
                case IDENTITY -> plain(whole);
            }
        }
    }

    private void packed(FileRead whole) throws IOException {
        exchange.setHeader("Content-Encoding", "gzip");
        exchange.setHeader("Content-Type", MediaTypes.ofName(whole.entry().name()).orElse(MediaTypes.binary()));
        var transfer = new Transfer(exchange, whole);
        var out = new GZIPOutputStream(exchange.start(200), BUFFER_BYTES);
        transfer.all(out);
        out.close();
    }

    private void plain(FileRead whole) throws IOException {
        var entry = whole.entry();
        exchange.setHeader("Last-Modified", HttpTime.format(entry.modified()));
        exchange.setHeader("Accept-Ranges", "bytes");
        var status = Preconditions.check(exchange, entry.modified());
        if (status != 0) {
            exchange.send(status, new byte[0]);
            return;
        }
        var ranges = exchange.header("Range")
                .filter(header -> Preconditions.rangeApplies(exchange, entry.modified()))
                .flatMap(header -> ByteRange.parse(header, entry.size()));
        if (ranges.isPresent() && entry.size() > 0) {
            whole.close();
            parts(entry, ranges.get());
        } else {
            whole(whole);
        }
    }

    /** A file that says it is empty may still have content, as those of {@code /proc} do; its length is then not known. */
    private void whole(FileRead whole) throws IOException {
        var entry = whole.entry();
        var transfer = new Transfer(exchange, whole);
        var beginning = transfer.beginning(SNIFFED_BYTES);
        exchange.setHeader("Content-Type", MediaTypes.of(entry.name(), beginning));
        if (entry.size() == 0 && beginning.length == 0) {
            exchange.send(200, beginning);
            return;
        }
        if (entry.size() > 0) {
            exchange.setHeader("Content-Length", Long.toString(entry.size()));
        }
        var out = exchange.start(200);
        out.write(beginning);
        if (entry.size() > 0) {
            transfer.exactly(entry.size() - beginning.length, out);
        } else {
            transfer.all(out);
        }
        out.close();
    }

    private void parts(FileEntry entry, List<ByteRange> ranges) throws IOException {
        if (ranges.isEmpty()) {
            exchange.setHeader("Content-Range", "bytes */" + entry.size());
            throw HttpException.withStatus(416, "the file has " + entry.size() + " bytes, none of them in the range asked for");
        }
        var type = MediaTypes.ofName(entry.name()).orElse(MediaTypes.binary());
        if (ranges.size() > 1) {
            new ByteRanges(exchange, entry.size(), type, ranges).send(range -> open(range.start(), range.length()));
            return;
        }
        var range = ranges.getFirst();
        try (var part = open(range.start(), range.length())) {
            exchange.setHeader("Content-Type", type);
            exchange.setHeader("Content-Range", range.contentRange(entry.size()));
            exchange.setHeader("Content-Length", Long.toString(range.length()));
            var transfer = new Transfer(exchange, part);
            var out = exchange.start(206);
            transfer.exactly(range.length(), out);
            out.close();
        }
    }

    private FileRead open(long offset, long length) {
        try {
            return request.agent().read(request.user(), path, offset, length);
        } catch (GuestException e) {
            throw switch (e.errno()) {
                case ENOENT -> FileFailures.missing(request.paths().resolve(path));
                case EISDIR -> FileFailures.folder(request.paths().resolve(path));
                default -> FileFailures.of(request.user(), e);
            };
        }
    }
}
