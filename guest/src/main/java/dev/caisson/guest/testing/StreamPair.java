package dev.caisson.guest.testing;

import dev.caisson.guest.GuestStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** Two ends of a connection in memory. Nothing pushes back: what is written waits in memory until it is read. */
public final class StreamPair implements AutoCloseable {
    private final OneWay rightward = new OneWay();
    private final OneWay leftward = new OneWay();

    public GuestStream left() {
        return new End(leftward, rightward);
    }

    public GuestStream right() {
        return new End(rightward, leftward);
    }

    @Override
    public void close() {
        rightward.reset();
        leftward.reset();
    }

    private record End(OneWay from, OneWay to) implements GuestStream {
        @Override
        public InputStream input() {
            return from.input;
        }

        @Override
        public OutputStream output() {
            return to.output;
        }

        @Override
        public void shutdownOutput() {
            to.finish();
        }

        /** What was written before can still be read, as with a socket that was closed in good order. */
        @Override
        public void close() {
            to.finish();
            from.reset();
        }
    }

    /** Bytes going one way. */
    private static final class OneWay {
        private final Deque<byte[]> chunks = new ArrayDeque<>();
        private int position;
        private boolean finished;
        private boolean reset;

        final InputStream input = new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return take(into, offset, length);
            }
        };

        final OutputStream output = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                var copy = new byte[length];
                System.arraycopy(from, offset, copy, 0, length);
                put(copy);
            }
        };

        private synchronized void put(byte[] chunk) throws IOException {
            if (reset || finished) {
                throw new IOException("the connection is closed");
            }
            if (chunk.length > 0) {
                chunks.add(chunk);
                notifyAll();
            }
        }

        private synchronized int take(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (chunks.isEmpty() && !finished && !reset) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while reading", e);
                }
            }
            if (reset) {
                throw new IOException("the connection was reset");
            }
            var chunk = chunks.peek();
            if (chunk == null) {
                return -1;
            }
            var count = Math.min(length, chunk.length - position);
            System.arraycopy(chunk, position, into, offset, count);
            position += count;
            if (position == chunk.length) {
                chunks.remove();
                position = 0;
            }
            return count;
        }

        private synchronized void finish() {
            finished = true;
            notifyAll();
        }

        private synchronized void reset() {
            reset = true;
            notifyAll();
        }
    }
}
