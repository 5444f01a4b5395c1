package dev.caisson.envd.connect;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What the request messages of all calls may take together, so that a few large ones cannot use up the server's memory. Small
 * ones are free; large ones wait for their turn. Safe for use by many threads.
 */
final class MessageMemory {
    /** Almost every message is smaller than this. */
    private static final int FREE_BYTES = 16 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int UNIT_BYTES = 1024;

    private final int maxMessageBytes;
    private final Semaphore units;

    /** @param totalBytes of all messages at a time, at least {@code maxMessageBytes} */
    MessageMemory(int maxMessageBytes, long totalBytes) {
        if (totalBytes < maxMessageBytes) {
            throw new IllegalArgumentException(
                    "messages of " + maxMessageBytes + " bytes cannot be read within " + totalBytes);
        }
        this.maxMessageBytes = maxMessageBytes;
        this.units = new Semaphore((int) Math.min(units(totalBytes), Integer.MAX_VALUE), true);
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    Share share() {
        return new Share();
    }

    /** What one call uses at the moment. Used by one thread. */
    final class Share implements AutoCloseable {
        private int held;

        /**
         * Makes room for a message in place of the one before.
         *
         * @throws ConnectFailure {@code resource_exhausted} for one that is too long, or when there is no room for a while
         */
        void require(long bytes) {
            close();
            if (bytes > maxMessageBytes) {
                throw tooLong(bytes);
            }
            if (bytes <= FREE_BYTES) {
                return;
            }
            var wanted = (int) units(bytes);
            if (!acquired(wanted)) {
                throw new ConnectFailure(
                        ConnectCode.RESOURCE_EXHAUSTED, "the server is busy with other large messages; try again later");
            }
            held = wanted;
        }

        boolean isLarge() {
            return held > 0;
        }

        ConnectFailure tooLong(long bytes) {
            return new ConnectFailure(
                    ConnectCode.RESOURCE_EXHAUSTED,
                    "a message of " + bytes + " bytes is longer than the limit of " + maxMessageBytes);
        }

        /** The message is not needed any more. */
        @Override
        public void close() {
            units.release(held);
            held = 0;
        }

        private boolean acquired(int wanted) {
            try {
                return units.tryAcquire(wanted, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConnectFailure(ConnectCode.CANCELED, "the call ended while its message waited for its turn", e);
            }
        }
    }

    private static long units(long bytes) {
        return (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    }
}
