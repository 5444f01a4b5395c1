package dev.caisson.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

        /** With room for a whole frame, where the inherited one would take a quarter of it at a time. */
        @Override
        public long transferTo(OutputStream out) throws IOException {
            var buffer = new byte[Message.LARGEST_FRAME];
            var total = 0L;
            for (var count = read(buffer, 0, buffer.length); count >= 0; count = read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, count);
                total += count;
            }
            return total;
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
