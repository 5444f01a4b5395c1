package dev.caisson.envd;

import dev.caisson.guest.FileRead;
import dev.caisson.guest.GuestAgent;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The contents of several files one after the other; each is opened when the one before has been read. Used by one thread. */
final class JoinedFiles extends InputStream {
    private final GuestAgent agent;
    private final String user;
    private final Iterator<String> paths;
    private Optional<FileRead> current = Optional.empty();

    JoinedFiles(GuestAgent agent, String user, List<String> paths) {
        this.agent = agent;
        this.user = user;
        this.paths = paths.iterator();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (current.isPresent() || paths.hasNext()) {
            if (current.isEmpty()) {
                current = Optional.of(agent.read(user, paths.next(), 0, -1));
            }
            var count = current.get().content().read(bytes, offset, length);
            if (count >= 0) {
                return count;
            }
            close();
        }
        return -1;
    }

    @Override
    public void close() {
        current.ifPresent(FileRead::close);
        current = Optional.empty();
    }
}
