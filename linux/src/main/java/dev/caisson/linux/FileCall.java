package dev.caisson.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.caisson.base.Category;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One request to a program that listens on a unix stream socket, with open files for it to write to (unix(7), SCM_RIGHTS). */
public final class FileCall {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    /** {@code struct sockaddr_un}: the family, then the path and a zero. */
    private static final int LONGEST_PATH = 107;
    /** {@code struct msghdr} of 64-bit machines: name, its length, iovec, their number, control, its length, flags. */
    private static final int MSGHDR_BYTES = 56;
    /** {@code struct cmsghdr}: length, level, type; then the descriptors, padded to 8 bytes. */
    private static final int CMSGHDR_BYTES = 16;
    private static final short POLLIN = 1;

    private FileCall() {}

    /** Reads the answer; the connection is closed afterwards. */
    public interface Answer<T> {
        T from(InputStream input) throws IOException;
    }

    /**
     * Creates files, sends the request with them, and reads the answer. The other end keeps the files open for as long as it likes.
     * Not interruptible: it ends by the answer, by the end of the other program, or by its deadline.
     *
     * @param newFiles none of them exists; they are readable by their owner only
     * @throws LinuxException {@code UNAVAILABLE} if nobody listens, or the connection or the answer was broken off; {@code TIMEOUT};
     *     {@code EXHAUSTED} if there is no room for the files. What was created stays
     */
    public static <T> T exchange(Path socket, byte[] request, List<Path> newFiles, Duration patience, Answer<T> answer) {
        long deadline = System.nanoTime() + patience.toNanos();
        return Libc.blocking(() -> {
            var descriptors = new ArrayList<Integer>();
            int connection = Errno.check(Libc.unixStream(), "make a socket");
            try (var arena = Arena.ofConfined()) {
                for (var file : newFiles) {
                    descriptors.add(Errno.check(Libc.open(file.toString(), Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, 0600), "create " + file));
                }
                available(Libc.connect(connection, address(arena, socket)), "connect to " + socket);
                send(arena, connection, request, descriptors, socket);
                descriptors.forEach(Libc::close);
                descriptors.clear();
                return answer.from(new Input(connection, deadline));
            } catch (InterruptedIOException e) {
                throw new LinuxException(Category.TIMEOUT, "no answer from " + socket + " within " + patience.toMillis() + " ms", e);
            } catch (IOException e) {
                throw new LinuxException(Category.UNAVAILABLE, "no answer from " + socket + ": " + e.getMessage(), e);
            } finally {
                descriptors.forEach(Libc::close);
                Libc.close(connection);
            }
        });
    }

    private static MemorySegment address(Arena arena, Path socket) {
        var path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > LONGEST_PATH) {
            throw new IllegalArgumentException("a socket's path is at most " + LONGEST_PATH + " bytes long: " + socket);
        }
        var address = arena.allocate(2L + path.length + 1, 2);
        address.set(JAVA_SHORT, 0, (short) Libc.AF_UNIX);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
        return address;
    }

    /** The files go with the first byte. */
    private static void send(Arena arena, int connection, byte[] request, List<Integer> descriptors, Path socket) {
        var bytes = arena.allocateFrom(JAVA_BYTE, request);
        var control = control(arena, descriptors);
        for (long sent = 0; sent < request.length; ) {
            var vector = arena.allocate(16, 8);
            vector.set(ADDRESS, 0, bytes.asSlice(sent));
            vector.set(JAVA_LONG, 8, request.length - sent);
            var message = arena.allocate(MSGHDR_BYTES, 8);
            message.set(ADDRESS, 16, vector);
            message.set(JAVA_LONG, 24, 1);
            if (sent == 0) {
                message.set(ADDRESS, 32, control);
                message.set(JAVA_LONG, 40, control.byteSize());
            }
            sent += available(Libc.send(connection, message), "send to " + socket);
        }
    }

    private static MemorySegment control(Arena arena, List<Integer> descriptors) {
        long bytes = 4L * descriptors.size();
        var control = arena.allocate(CMSGHDR_BYTES + (bytes + 7) / 8 * 8, 8);
        control.set(JAVA_LONG, 0, CMSGHDR_BYTES + bytes);
        control.set(JAVA_INT, 8, SOL_SOCKET);
        control.set(JAVA_INT, 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(JAVA_INT, CMSGHDR_BYTES + 4L * i, descriptors.get(i));
        }
        return control;
    }

    /** Whatever is wrong with the other end, it is not there for this. */
    private static long available(long result, String attempt) {
        if (result < 0) {
            var failure = Errno.failure(attempt, result);
            throw new LinuxException(Category.UNAVAILABLE, String.valueOf(failure.getMessage()), failure);
        }
        return result;
    }

    /** What the other end sends, until the deadline. */
    private static final class Input extends InputStream {
        private final int connection;
        private final long deadline;

        Input(int connection, long deadline) {
            this.connection = connection;
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            try (var arena = Arena.ofConfined()) {
                await(arena);
                var buffer = arena.allocate(length);
                long read = Libc.read(connection, buffer);
                if (read < 0) {
                    throw new IOException("the connection broke off (error " + -read + ")");
                }
                MemorySegment.copy(buffer, JAVA_BYTE, 0, into, offset, (int) read);
                return read == 0 ? -1 : (int) read;
            }
        }

        private void await(Arena arena) throws IOException {
            var polled = arena.allocate(8, 4);
            polled.set(JAVA_INT, 0, connection);
            polled.set(JAVA_SHORT, 4, POLLIN);
            int ready;
            do {
                long left = Math.max(0, deadline - System.nanoTime());
                ready = Libc.poll(polled, 1, (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1));
            } while (ready == -Errno.EINTR || ready == 0 && System.nanoTime() < deadline);
            if (ready == 0) {
                throw new InterruptedIOException("the deadline passed");
            }
        }
    }
}
