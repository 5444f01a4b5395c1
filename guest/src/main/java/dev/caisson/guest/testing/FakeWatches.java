package dev.caisson.guest.testing;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.Watch;
import dev.caisson.guest.WatchEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Watches that deliver what the test emits. */
final class FakeWatches {
    private final List<Live> live = new ArrayList<>();
    private final Map<String, Live> polled = new HashMap<>();
    private int made;

    synchronized Watch watch(String folder) {
        var watch = new Live(folder);
        live.add(watch);
        return watch;
    }

    synchronized String create(String folder) {
        var id = "w" + made++;
        polled.put(id, new Live(folder));
        return id;
    }

    synchronized List<WatchEvent> drain(String id) {
        var events = new ArrayList<WatchEvent>();
        find(id).queue.stream().flatMap(Optional::stream).forEach(events::add);
        find(id).queue.clear();
        return events;
    }

    synchronized void remove(String id) {
        find(id);
        polled.remove(id);
    }

    synchronized void emit(String folder, WatchEvent event) {
        live.stream().filter(w -> w.folder.equals(folder)).forEach(w -> w.queue.add(Optional.of(event)));
        polled.values().stream().filter(w -> w.folder.equals(folder)).forEach(w -> w.queue.add(Optional.of(event)));
    }

    synchronized void breakStreams() {
        live.forEach(Live::close);
    }

    private Live find(String id) {
        return Optional.ofNullable(polled.get(id))
                .orElseThrow(() -> new GuestException(Category.NOT_FOUND, "there is no watcher " + id));
    }

    /** An empty element ends it. */
    private static final class Live implements Watch {
        private final String folder;
        private final BlockingQueue<Optional<WatchEvent>> queue = new LinkedBlockingQueue<>();
        private volatile boolean closed;

        Live(String folder) {
            this.folder = folder;
        }

        @Override
        public Optional<WatchEvent> next(Duration patience) {
            try {
                var event = queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
                if (closed) {
                    throw new GuestException(Category.UNAVAILABLE, "the watch of " + folder + " is closed");
                }
                return event == null ? Optional.empty() : event;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GuestException(Category.UNAVAILABLE, "interrupted while watching " + folder);
            }
        }

        @Override
        public void close() {
            closed = true;
            queue.add(Optional.empty());
        }
    }
}
