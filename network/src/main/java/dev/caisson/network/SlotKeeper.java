package dev.caisson.network;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes slots while the pool is open: cleans what was given back, makes what is missing, removes
 * what is too much, and follows the machine's network. Waits for {@link #wake} or the next refresh otherwise.
 */
final class SlotKeeper implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SlotKeeper.class);

    /** Large enough that a process start is shared by many slots, small enough that the first of them is not kept waiting. */
    private static final int BATCH = 16;
    private static final int BATCH_WHEN_NONE_IS_READY = 4;

    /** Claims within this time are expected to come again. */
    private static final Duration DEMAND_WINDOW = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final SlotSettings settings;
    private final SlotLedger ledger;
    private final SlotNamespaces namespaces;
    private final HostNetwork host;
    private final Demand demand;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean stopped;
    private volatile Optional<String> failure = Optional.empty();
    private @Nullable NamespaceState fresh;
    private long nextRefresh = System.nanoTime();

    SlotKeeper(SlotSettings settings, SlotLedger ledger, SlotNamespaces namespaces, HostNetwork host) {
        this.settings = settings;
        this.ledger = ledger;
        this.namespaces = namespaces;
        this.host = host;
        demand = new Demand(DEMAND_WINDOW, settings.ready());
    }

    /** There may be something to do. */
    void wake() {
        wake.release();
    }

    void stop() {
        stopped = true;
        wake.release();
    }

    /** Why slots are not being made at the moment, if they are not. */
    Optional<String> failure() {
        return failure;
    }

    @Override
    public void run() {
        nextRefresh = System.nanoTime() + settings.refresh().toNanos();
        while (!stopped) {
            try {
                var worked = step();
                failure = Optional.empty();
                if (!worked) {
                    await(Duration.ofNanos(nextRefresh - System.nanoTime()));
                }
            } catch (RuntimeException e) {
                // What was being worked on is in the ledger as broken; the next step begins with removing that.
                failure = Optional.of(String.valueOf(e.getMessage()));
                LOG.warn("could not prepare network slots: {}", e.getMessage(), e);
                await(PAUSE_AFTER_FAILURE);
            }
        }
    }

    private void await(Duration atMost) {
        try {
            if (wake.tryAcquire(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    /** Does the most urgent things; false if there was nothing to do. */
    private boolean step() {
        refreshWhenDue();
        removeBroken();
        var target = demand.target(ledger.claims());
        var released = fresh == null ? List.<Integer>of() : ledger.takeReleased(BATCH);
        if (!released.isEmpty()) {
            clean(released);
        }
        var missing = fresh == null ? 1 : target - ledger.comingCount();
        var reserved = ledger.reserve(Math.min(missing, ledger.readyCount() == 0 ? BATCH_WHEN_NONE_IS_READY : BATCH));
        if (!reserved.isEmpty()) {
            make(reserved);
        }
        var surplus = ledger.readyCount() > 2 * target + BATCH ? ledger.takeReady(BATCH) : List.<Integer>of();
        if (!surplus.isEmpty()) {
            remove(surplus);
        }
        return !released.isEmpty() || !reserved.isEmpty() || !surplus.isEmpty();
    }

    private void refreshWhenDue() {
        if (System.nanoTime() - nextRefresh >= 0) {
            nextRefresh = System.nanoTime() + settings.refresh().toNanos();
            host.refresh();
        }
    }

    private void make(List<Integer> slots) {
        var done = false;
        try {
            namespaces.make(slots);
            host.addSlots(slots);
            for (int slot : slots) {
                fresh = namespaces.furnish(slot);
            }
            namespaces.connect(slots);
            done = true;
        } finally {
            if (!done) {
                ledger.addBroken(slots);
            }
        }
        ledger.addReady(slots);
    }

    private void clean(List<Integer> slots) {
        var doubtful = new HashSet<>(slots);
        try {
            host.cutConnections(slots);
            var clean = new ArrayList<Integer>(slots);
            clean.removeAll(namespaces.inhabited(slots));
            clean.removeIf(slot -> !isAsFresh(slot));
            namespaces.connect(clean);
            ledger.addReady(clean);
            clean.forEach(doubtful::remove);
        } finally {
            ledger.addBroken(doubtful);
        }
    }

    private boolean isAsFresh(int slot) {
        var expected = fresh;
        var state = namespaces.furnish(slot);
        if (expected == null || state.equals(expected)) {
            return expected != null;
        }
        LOG.warn("slot {} came back changed and is made anew: {}", slot, state.differenceFrom(expected));
        return false;
    }

    private void remove(List<Integer> slots) {
        var done = false;
        try {
            host.removeSlots(slots);
            namespaces.remove(slots);
            done = true;
        } finally {
            if (!done) {
                ledger.addBroken(slots);
            }
        }
        ledger.forget(slots);
    }

    /** Nothing is known of these but their numbers: whatever exists is removed, and the tables are written anew. */
    private void removeBroken() {
        var broken = ledger.takeBroken();
        if (broken.isEmpty()) {
            return;
        }
        var done = false;
        try {
            namespaces.remove(broken);
            host.set(namespaces.find().devices());
            done = true;
        } finally {
            if (!done) {
                ledger.addBroken(broken);
            }
        }
        ledger.forget(broken);
    }
}
