package dev.caisson.network;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which slots exist and what each is doing: ready, with a tenant, given back, or broken. Safe for use by many threads; the
 * way of a claim takes no lock.
 */
final class SlotLedger {
    private final int most;
    private final Set<Integer> existing = ConcurrentHashMap.newKeySet();
    private final LinkedTransferQueue<Integer> ready = new LinkedTransferQueue<>();
    private final AtomicInteger readyCount = new AtomicInteger();
    private final Map<Integer, Long> tenants = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Integer> released = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> broken = new ConcurrentLinkedQueue<>();
    private final AtomicLong tenancies = new AtomicLong();

    SlotLedger(int most) {
        this.most = most;
    }

    /** A tenant's hold on a slot. */
    record Tenancy(int slot, long number) {}

    Optional<Tenancy> claim() {
        return Optional.ofNullable(ready.poll()).map(this::tenancyOfReady);
    }

    Optional<Tenancy> claim(Duration patience) throws InterruptedException {
        return Optional.ofNullable(ready.poll(patience.toNanos(), TimeUnit.NANOSECONDS)).map(this::tenancyOfReady);
    }

    private Tenancy tenancyOfReady(int slot) {
        readyCount.decrementAndGet();
        return tenancyOf(slot);
    }

    /** Gives a slot that was found on the machine to the tenant who is in it already. */
    Tenancy adopt(int slot) {
        existing.add(slot);
        return tenancyOf(slot);
    }

    private Tenancy tenancyOf(int slot) {
        var tenancy = new Tenancy(slot, tenancies.incrementAndGet());
        tenants.put(slot, tenancy.number());
        return tenancy;
    }

    /** Ends a tenancy; false if it had ended before. */
    boolean release(Tenancy tenancy) {
        if (!tenants.remove(tenancy.slot(), tenancy.number())) {
            return false;
        }
        released.add(tenancy.slot());
        return true;
    }

    /** Slots found on the machine that nobody is in. */
    void addReleased(Collection<Integer> slots) {
        existing.addAll(slots);
        released.addAll(slots);
    }

    List<Integer> takeReleased(int atMost) {
        return take(released, atMost);
    }

    void addReady(Collection<Integer> slots) {
        readyCount.addAndGet(slots.size());
        ready.addAll(slots);
    }

    List<Integer> takeReady(int atMost) {
        var taken = take(ready, atMost);
        readyCount.addAndGet(-taken.size());
        return taken;
    }

    /** Slots in an unknown state, to be removed from the machine. */
    void addBroken(Collection<Integer> slots) {
        existing.addAll(slots);
        broken.addAll(slots);
    }

    List<Integer> takeBroken() {
        return take(broken, Integer.MAX_VALUE);
    }

    private static List<Integer> take(Queue<Integer> queue, int atMost) {
        var taken = new ArrayList<Integer>();
        while (taken.size() < atMost) {
            var slot = queue.poll();
            if (slot == null) {
                break;
            }
            taken.add(slot);
        }
        return taken;
    }

    /** The lowest numbers that no slot has, as far as more slots may be made. */
    List<Integer> reserve(int wanted) {
        var numbers = new ArrayList<Integer>();
        for (int number = 1; number <= SlotPlan.HIGHEST && numbers.size() < wanted && existing.size() < most; number++) {
            if (existing.add(number)) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    /** These slots are no longer on the machine. */
    void forget(Collection<Integer> slots) {
        existing.removeAll(slots);
    }

    Set<Integer> existing() {
        return new TreeSet<>(existing);
    }

    int readyCount() {
        return readyCount.get();
    }

    int releasedCount() {
        return released.size();
    }

    /** Slots that are ready or about to be. */
    int comingCount() {
        return readyCount.get() + released.size();
    }

    boolean isUsedUp() {
        return tenants.size() >= most;
    }

    /** How many tenancies began so far. */
    long claims() {
        return tenancies.get();
    }
}
