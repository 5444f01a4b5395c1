package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.network.NetworkException;
import dev.caisson.network.Slot;
import dev.caisson.network.SlotPool;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A slot pool of numbers. The namespaces on "the machine" outlive the pool; {@link #restarted} is the next server's view. */
final class FakeSlots implements SlotPool {
    private final Set<Integer> namespaces;
    private final Set<Integer> used = new TreeSet<>();
    private boolean exhausted;

    FakeSlots() {
        this(new TreeSet<>());
    }

    private FakeSlots(Set<Integer> namespaces) {
        this.namespaces = namespaces;
    }

    synchronized FakeSlots restarted() {
        return new FakeSlots(namespaces);
    }

    synchronized Set<Integer> used() {
        return Set.copyOf(used);
    }

    synchronized void exhaust() {
        exhausted = true;
    }

    @Override
    public synchronized Slot claim(Duration patience) {
        if (exhausted) {
            throw new NetworkException(Category.EXHAUSTED, "no slot became ready");
        }
        var number = 1;
        while (used.contains(number)) {
            number++;
        }
        used.add(number);
        namespaces.add(number);
        return slot(number);
    }

    @Override
    public synchronized void release(Slot slot) {
        used.remove(slot.number());
    }

    @Override
    public synchronized Map<Integer, Slot> adopt(Set<Integer> numbers) {
        var existing = new TreeSet<>(numbers);
        existing.retainAll(namespaces);
        used.addAll(existing);
        return existing.stream().collect(Collectors.toMap(number -> number, FakeSlots::slot));
    }

    @Override
    public synchronized Set<Integer> open() {
        var left = new TreeSet<>(namespaces);
        left.removeAll(used);
        return left;
    }

    @Override
    public void close() {}

    @Override
    public synchronized void dismantle() {
        namespaces.clear();
        used.clear();
    }

    static Slot slot(int number) {
        try {
            var address = (Inet4Address) InetAddress.getByAddress(new byte[] {10, (byte) 200, 0, (byte) number});
            return new Slot(number, namespace(number), address, number);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path namespace(int number) {
        return Path.of("/run/netns/fake-" + number);
    }
}
