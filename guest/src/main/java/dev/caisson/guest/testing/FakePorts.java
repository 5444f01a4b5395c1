package dev.caisson.guest.testing;

import dev.caisson.base.Category;
import dev.caisson.guest.Errno;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.GuestStream;
import dev.caisson.guest.Served;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Ports inside the fake guest, in both directions. */
final class FakePorts {
    private final Map<Integer, Consumer<GuestStream>> listeners = new HashMap<>();
    private final Map<Integer, Supplier<GuestStream>> connections = new HashMap<>();
    private final Map<Integer, Consumer<GuestStream>> served = new HashMap<>();
    private final List<StreamPair> pairs = new ArrayList<>();

    synchronized void listen(int port, Consumer<GuestStream> listener) {
        listeners.put(port, listener);
    }

    synchronized void listenWith(int port, Supplier<GuestStream> made) {
        connections.put(port, made);
    }

    synchronized GuestStream dial(int port) {
        if (connections.containsKey(port)) {
            return connections.get(port).get();
        }
        return connect(Optional.ofNullable(listeners.get(port)), port);
    }

    synchronized GuestStream connectServed(int port) {
        return connect(Optional.ofNullable(served.get(port)), port);
    }

    synchronized Served serve(int port, Consumer<GuestStream> accept) {
        if (served.putIfAbsent(port, accept) != null) {
            throw new GuestException(Category.CONFLICT, "port " + port + " is served already");
        }
        return new Served() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() {
                unserve(port, accept);
            }
        };
    }

    synchronized void breakStreams() {
        pairs.forEach(StreamPair::close);
    }

    private synchronized void unserve(int port, Consumer<GuestStream> accept) {
        served.remove(port, accept);
    }

    private GuestStream connect(Optional<Consumer<GuestStream>> to, int port) {
        var accept = to.orElseThrow(() -> new GuestException(
                Category.UNAVAILABLE, "nothing listens on port " + port, Errno.ECONNREFUSED, null));
        var pair = new StreamPair();
        pairs.add(pair);
        Thread.ofVirtual().name("fake-port-" + port).start(() -> {
            try (var there = pair.right()) {
                accept.accept(there);
            }
        });
        return pair.left();
    }
}
