package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Consumer;

/** Operations on files ({@code guest-agent/PROTOCOL.md} §6). */
final class LinkFiles {
    private final Link link;

    LinkFiles(Link link) {
        this.link = link;
    }

    FileEntry stat(String user, String path) {
        return entry("describing '" + path + "'", request(user, path).message(FrameType.STAT));
    }

    void list(String user, String path, int depth, Consumer<FileEntry> each) {
        var attempt = "listing '" + path + "'";
        var request = request(user, path).u32(depth).message(FrameType.LIST);
        var deadline = tree();
        link.run(attempt, deadline, connection -> {
            connection.send(request);
            new Answers(connection, attempt).each(
                    FrameType.ENTRIES, deadline, message -> message.reader().list(EntryCodec::read).forEach(each));
            return each;
        });
    }

    FileEntry makeFolder(String user, String path) {
        return entry("making the folder '" + path + "'", request(user, path).message(FrameType.MAKE_FOLDER));
    }

    FileEntry move(String user, String source, String destination) {
        var request = request(user, source).str(destination).message(FrameType.MOVE);
        return entry("moving '" + source + "' to '" + destination + "'", request);
    }

    void remove(String user, String path) {
        link.call("removing '" + path + "'", request(user, path).message(FrameType.REMOVE), tree());
    }

    /** @throws GuestException {@code INVALID} for an offset below 0 or a length below -1 */
    FileRead read(String user, String path, long offset, long length) {
        var attempt = "reading '" + path + "'";
        if (offset < 0 || length < -1) {
            throw new GuestException(Category.INVALID, attempt + ": from byte " + offset + ", length " + length + " is no range");
        }
        var request = request(user, path).u64(offset).u64(length).message(FrameType.READ);
        var deadline = Deadline.after(link.timeouts().quick());
        return link.take(attempt, deadline, connection -> {
            connection.send(request);
            var entry = EntryCodec.read(connection.expect(FrameType.ENTRY, attempt, deadline));
            return new LinkFileRead(new Lease(link, connection), link.timeouts().stall(), entry, attempt);
        });
    }

    FileEntry write(String user, String path, Map<String, String> metadata, InputStream content) {
        var request = request(user, path).map(metadata).message(FrameType.WRITE);
        return new Upload(link, "writing '" + path + "'", request).send(content);
    }

    private FileEntry entry(String attempt, Message request) {
        var deadline = tree();
        return link.run(attempt, deadline, connection -> {
            connection.send(request);
            return EntryCodec.read(connection.done(attempt, deadline));
        });
    }

    private static PayloadWriter request(String user, String path) {
        return new PayloadWriter().str(user).str(path);
    }

    private Deadline tree() {
        return Deadline.after(link.timeouts().tree());
    }
}
