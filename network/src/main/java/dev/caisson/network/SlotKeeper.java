package dev.caisson.network;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes slots while the pool is open: decides when what came back is cleaned, how many are made or
 * removed, and follows the machine's network. Waits for {@link #wake} or the next refresh otherwise.
 */
final class SlotKeeper implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SlotKeeper.class);

    /** Large enough that many slots share what is done once, small enough that the first of them is not kept waiting. */
    private static final int BATCH = 16;
    private static final int BATCH_WHEN_NONE_IS_READY = 4;

    /** A slot that came back may wait so long for others to be cleaned with it, unless it is needed. */
    private static final Duration GATHERING = Duration.ofMillis(250);

    /** Claims within this time are expected to come again. */
    private static final Duration DEMAND_WINDOW = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final SlotSettings settings;
    private final SlotLedger ledger;
    private final SlotWorkshop workshop;
    private final HostNetwork host;
    private final Demand demand;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean stopped;
    private volatile Optional<String> failure = Optional.empty();
    private long nextRefresh = System.nanoTime();
    private long gatheringSince = System.nanoTime();

    SlotKeeper(SlotSettings settings, SlotLedger ledger, SlotWorkshop workshop, HostNetwork host) {
        this.settings = settings;
        this.ledger = ledger;
        this.workshop = workshop;
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
                    await(untilNextTask());
                }
            } catch (RuntimeException e) {
                // What was being worked on is in the ledger as broken; the next step begins with removing that.
                failure = Optional.of(String.valueOf(e.getMessage()));
                LOG.warn("could not prepare network slots: {}", e.getMessage(), e);
                await(PAUSE_AFTER_FAILURE);
            }
        }
    }

    private Duration untilNextTask() {
        var untilRefresh = Duration.ofNanos(nextRefresh - System.nanoTime());
        return ledger.releasedCount() > 0 && GATHERING.compareTo(untilRefresh) < 0 ? GATHERING : untilRefresh;
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

    /** Does what is due, a batch of each kind; false if there was nothing to do. */
    private boolean step() {
        refreshWhenDue();
        var target = demand.target(ledger.claims());
        return perform(ledger.takeBroken(), workshop::removeBroken)
                | perform(dueForCleaning(target), workshop::clean)
                | perform(missing(target), workshop::make)
                | perform(surplus(target), workshop::remove);
    }

    private static boolean perform(List<Integer> slots, Consumer<List<Integer>> work) {
        if (slots.isEmpty()) {
            return false;
        }
        work.accept(slots);
        return true;
    }

    private void refreshWhenDue() {
        if (System.nanoTime() - nextRefresh >= 0) {
            nextRefresh = System.nanoTime() + settings.refresh().toNanos();
            host.refresh();
        }
    }

    private List<Integer> dueForCleaning(int target) {
        var now = System.nanoTime();
        var waiting = ledger.releasedCount();
        if (waiting == 0) {
            gatheringSince = now;
        }
        var isUrgent = waiting >= BATCH || ledger.readyCount() <= target / 2;
        if (!workshop.canClean() || !isUrgent && now - gatheringSince < GATHERING.toNanos()) {
            return List.of();
        }
        gatheringSince = now;
        return ledger.takeReleased(BATCH);
    }

    private List<Integer> missing(int target) {
        if (workshop.canClean()) {
            return ledger.reserve(Math.min(target - ledger.comingCount(), ledger.readyCount() == 0 ? BATCH_WHEN_NONE_IS_READY : BATCH));
        }
        var first = ledger.reserve(1);
        if (first.isEmpty()) {
            // Every number is taken by what was found on the machine: one of those makes room for the first fresh slot.
            ledger.addBroken(ledger.takeReleased(1));
            wake();
        }
        return first;
    }

    private List<Integer> surplus(int target) {
        return ledger.readyCount() > 2 * target + BATCH ? ledger.takeReady(BATCH) : List.of();
    }
}
