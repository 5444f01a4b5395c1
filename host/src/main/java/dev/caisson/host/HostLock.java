package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second server from treating the sandboxes of a running one as leftovers. Goes with the process that holds it. */
final class HostLock implements AutoCloseable {
    /** In the folder of the sandboxes. */
    static final String NAME = ".lock";

    private final FileChannel channel;

    private HostLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws NodeException {@code CONFLICT} if another process has it */
    static HostLock take(Path sandboxes) {
        try {
            var channel = FileChannel.open(
                    sandboxes.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                return new HostLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not lock the sandboxes' folder: " + e.getMessage(), e);
        }
        throw new NodeException(
                Category.CONFLICT, "another server runs the sandboxes of this installation; stop it first");
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not unlock the sandboxes' folder: " + e.getMessage(), e);
        }
    }
}
