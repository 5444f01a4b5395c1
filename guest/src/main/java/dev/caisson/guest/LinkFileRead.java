package dev.caisson.guest;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** ENTRY was read; DATA follows up to DONE. An ERROR on the way is thrown by the stream as a {@link GuestException}. */
final class LinkFileRead implements FileRead {
    private final Lease lease;
    private final Duration stall;
    private final FileEntry entry;
    private final String attempt;
    private final InputStream content = new Content();

    LinkFileRead(Lease lease, Duration stall, FileEntry entry, String attempt) {
        this.lease = lease;
        this.stall = stall;
        this.entry = entry;
        this.attempt = attempt;
    }

    @Override
    public FileEntry entry() {
        return entry;
    }

    @Override
    public InputStream content() {
        return content;
    }

    @Override
    public void close() {
        lease.close();
    }

    private final class Content extends InputStream {
        private boolean ended;

        @Override
        public int read() {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            try {
                return ended ? -1 : some(into, offset, length, Deadline.after(stall));
            } catch (IOException e) {
                lease.close();
                throw Failures.of(attempt, e);
            }
        }

        private int some(byte[] into, int offset, int length, Deadline deadline) throws IOException {
            var connection = lease.connection();
            while (connection.frameType(deadline) == FrameType.DATA) {
                var count = connection.body(into, offset, length, deadline);
                if (count > 0) {
                    return count;
                }
            }
            ended = true;
            try {
                connection.done(attempt, deadline);
            } finally {
                lease.end();
            }
            return -1;
        }

        @Override
        public void close() {
            LinkFileRead.this.close();
        }
    }
}
