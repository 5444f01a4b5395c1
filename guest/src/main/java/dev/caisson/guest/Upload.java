package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;

/**
 * A request followed by DATA and END. What fits into one frame goes out together with the request, so a small new file shows
 * a watcher exactly CREATE, CHMOD, WRITE.
 */
record Upload(Link link, String attempt, Message request) {

    /** Sends all of it and returns the entry that DONE brings. The content is read to its end but not closed. */
    FileEntry send(InputStream content) {
        var buffer = new byte[Message.HEADER + Message.LARGEST_FRAME];
        var length = read(content, buffer);
        if (length < Message.LARGEST_FRAME) {
            return sendWhole(buffer, length);
        }
        var connecting = Deadline.after(link.timeouts().connect());
        return link.runOnce(attempt, connecting, connection -> {
            connection.prove(connecting); // so that any input while the content is sent is an answer
            connection.send(request);
            return sendPieces(connection, content, buffer);
        });
    }

    private FileEntry sendWhole(byte[] buffer, int length) {
        var frames = new ByteArrayOutputStream(request.payload().length + length + 3 * Message.HEADER);
        request.encode(frames);
        if (length > 0) {
            header(buffer, length);
            frames.write(buffer, 0, Message.HEADER + length);
        }
        Message.empty(FrameType.END).encode(frames);
        var deadline = Deadline.after(link.timeouts().stall());
        return link.run(attempt, deadline, connection -> {
            connection.send(frames.toByteArray());
            return EntryCodec.read(connection.done(attempt, deadline));
        });
    }

    /** The first piece is in the buffer already. */
    private FileEntry sendPieces(Connection connection, InputStream content, byte[] buffer) throws IOException {
        try (var guard = connection.guard()) {
            for (var length = Message.LARGEST_FRAME; length > 0; length = next(connection, content, buffer)) {
                header(buffer, length);
                connection.write(guard, buffer, 0, Message.HEADER + length);
                if (connection.hasInput()) {
                    throw refusedEarly(connection);
                }
            }
        } catch (SocketException e) {
            // The agent may have said why before it closed.
            if (connection.hasInput()) {
                throw refusedEarly(connection);
            }
            throw e;
        }
        return end(connection);
    }

    /** When the content breaks off, the agent is heard out, since nothing may be written any more once this has failed. */
    private int next(Connection connection, InputStream content, byte[] buffer) throws IOException {
        try {
            return read(content, buffer);
        } catch (GuestException brokenOff) {
            end(connection);
            throw brokenOff;
        }
    }

    private FileEntry end(Connection connection) throws IOException {
        connection.send(Message.empty(FrameType.END));
        return EntryCodec.read(connection.done(attempt, stall()));
    }

    /** The connection is not kept: the rest of the content, which the agent would wait for, is not sent. */
    private IOException refusedEarly(Connection connection) throws IOException {
        try {
            connection.done(attempt, stall());
            return new MalformedException("an answer before the end of the content");
        } finally {
            connection.close();
        }
    }

    private Deadline stall() {
        return Deadline.after(link.timeouts().stall());
    }

    private int read(InputStream content, byte[] buffer) {
        try {
            return content.readNBytes(buffer, Message.HEADER, Message.LARGEST_FRAME);
        } catch (IOException e) {
            throw new GuestException(Category.INVALID, attempt + ": the content broke off: " + e.getMessage(), Errno.NONE, e);
        }
    }

    private static void header(byte[] buffer, int length) {
        ByteBuffer.wrap(buffer).put(Message.header(FrameType.DATA, length));
    }
}
