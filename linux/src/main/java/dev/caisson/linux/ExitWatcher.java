package dev.caisson.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Tells when processes end, children of this one or not, within milliseconds: one platform thread polls a descriptor of
 * each (pidfd_open(2)). Safe for use by many threads.
 */
public final class ExitWatcher implements AutoCloseable {
    private static final short POLLIN = 1;
    /** {@code struct pollfd}: descriptor, wanted events, seen events. */
    private static final int POLLFD_BYTES = 8;

    private final Queue<Watch> added = new ConcurrentLinkedQueue<>();
    private final int wake;
    private final Thread thread;
    private volatile boolean closed;

    private record Watch(int pidfd, CompletableFuture<Void> ended) {
        void finish() {
            Libc.close(pidfd);
            // What waits for the end may block; the next process's end must not wait for it.
            Thread.startVirtualThread(() -> ended.complete(null));
        }
    }

    public ExitWatcher() {
        wake = Errno.check(Libc.eventDescriptor(), "make an event descriptor");
        thread = UrgentThreads.start("exit watcher", this::watchAll);
    }

    /**
     * Watches a process, which may have ended already.
     *
     * @return completes on a virtual thread when the process has ended (a zombie counts); never exceptionally, and not
     *     any more once this watcher is closed
     */
    public CompletionStage<Void> watch(ProcessIdentity process) {
        if (closed) {
            throw new IllegalStateException("the exit watcher is closed");
        }
        var ended = new CompletableFuture<Void>();
        int pidfd = Libc.pidfdOpen(process.pid());
        if (pidfd == -Errno.ESRCH) {
            ended.complete(null);
            return ended;
        }
        Errno.check(pidfd, "open process " + process.pid());
        if (process.isAlive()) {
            added.add(new Watch(pidfd, ended));
            wakeUp();
        } else {
            Libc.close(pidfd);
            ended.complete(null);
        }
        return ended;
    }

    /** Stops watching; stages that are not complete stay so. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            wakeUp();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watchAll() {
        var watches = new ArrayList<Watch>();
        while (!closed) {
            for (var watch = added.poll(); watch != null; watch = added.poll()) {
                watches.add(watch);
            }
            waitForAny(watches);
        }
        watches.forEach(watch -> Libc.close(watch.pidfd()));
        added.forEach(watch -> Libc.close(watch.pidfd()));
        Libc.close(wake);
    }

    private void waitForAny(List<Watch> watches) {
        try (var arena = Arena.ofConfined()) {
            int count = watches.size() + 1;
            var polled = arena.allocate((long) count * POLLFD_BYTES, 4);
            for (int i = 0; i < count; i++) {
                polled.set(JAVA_INT, (long) i * POLLFD_BYTES, i == 0 ? wake : watches.get(i - 1).pidfd());
                polled.set(JAVA_SHORT, (long) i * POLLFD_BYTES + 4, POLLIN);
            }
            int ready = Libc.poll(polled, count, -1);
            if (ready == -Errno.EINTR) {
                return;
            }
            Errno.check(ready, "wait for the end of " + watches.size() + " processes");
            if (polled.get(JAVA_SHORT, 6) != 0) {
                Libc.read(wake, arena.allocate(JAVA_LONG));
            }
            for (int i = count - 1; i > 0; i--) {
                if (polled.get(JAVA_SHORT, (long) i * POLLFD_BYTES + 6) != 0) {
                    watches.remove(i - 1).finish();
                }
            }
        }
    }

    private void wakeUp() {
        try (var arena = Arena.ofConfined()) {
            Libc.write(wake, arena.allocateFrom(JAVA_LONG, 1L));
        }
    }
}
