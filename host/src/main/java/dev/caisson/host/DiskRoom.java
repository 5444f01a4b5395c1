package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.node.NodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much more the file system of a folder takes. */
record DiskRoom(Path data) {

    /**
     * @param what needs the room, for people
     * @throws NodeException {@code EXHAUSTED} if there is less
     */
    void require(long bytes, String what) {
        var usable = usable();
        if (usable < bytes) {
            throw new NodeException(
                    Category.EXHAUSTED,
                    "the disk of " + data + " has " + (usable >> 20) + " MiB left and " + what + " needs " + (bytes >> 20)
                            + " MiB; end some sandboxes, delete what is not needed, or give it more room");
        }
    }

    long usable() {
        try {
            return Files.getFileStore(data).getUsableSpace();
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not see how full the disk of " + data + " is: " + e.getMessage(), e);
        }
    }
}
