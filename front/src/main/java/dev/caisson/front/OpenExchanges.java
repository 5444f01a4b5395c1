package dev.caisson.front;

import dev.caisson.base.SandboxId;
import dev.caisson.http.Exchange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The exchanges under way with each sandbox, which are bounded. Safe for use by many threads. */
final class OpenExchanges {
    private static final Executor AFTER_A_MOMENT =
            CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS, Thread::startVirtualThread);

    private final Map<SandboxId, Map<Exchange, Place>> bySandbox = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();
    private final FrontLimits limits;

    OpenExchanges(FrontLimits limits) {
        this.limits = limits;
    }

    /** One exchange, which is either cut off or spared: what comes first holds. */
    private static final class Place {
        private final Exchange exchange;
        private boolean cut;
        private boolean spared;

        Place(Exchange exchange) {
            this.exchange = exchange;
        }

        boolean started() {
            return exchange.started();
        }

        synchronized boolean spare() {
            spared = !cut;
            return spared;
        }

        void cutOff() {
            synchronized (this) {
                if (spared || cut) {
                    return;
                }
                cut = true;
            }
            exchange.abort();
        }
    }

    /** Whether an exchange may go on. */
    enum Admission { ADMITTED, TOO_MANY_WITH_SANDBOX, TOO_MANY }

    Admission add(SandboxId id, Exchange exchange) {
        if (all.incrementAndGet() > limits.withSandboxes()) {
            all.decrementAndGet();
            return Admission.TOO_MANY;
        }
        var exchanges = bySandbox.compute(id, (_, present) -> {
            var mine = present == null ? new ConcurrentHashMap<Exchange, Place>() : present;
            if (mine.size() < limits.perSandbox()) {
                mine.put(exchange, new Place(exchange));
            }
            return mine;
        });
        if (exchanges.containsKey(exchange)) {
            return Admission.ADMITTED;
        }
        all.decrementAndGet();
        return Admission.TOO_MANY_WITH_SANDBOX;
    }

    /** Does nothing for one that was not added, or was removed before. */
    void remove(SandboxId id, Exchange exchange) {
        bySandbox.computeIfPresent(id, (_, exchanges) -> {
            var place = exchanges.remove(exchange);
            if (place != null) {
                place.spare();
                all.decrementAndGet();
            }
            return exchanges.isEmpty() ? null : exchanges;
        });
    }

    /**
     * Its whole answer is about to be sent: from here on it is not cut off, since the client may have the answer already and send
     * its next request on the same connection.
     *
     * @return false if it was cut off before; nothing may be sent then
     */
    boolean spare(SandboxId id, Exchange exchange) {
        var place = bySandbox.getOrDefault(id, Map.of()).get(exchange);
        return place == null || place.spare();
    }

    /**
     * Cuts off the exchanges with a sandbox that has ended. Those whose answer has not begun get a moment first: most find out by
     * themselves, as their way to the guest broke, and are answered that the sandbox was not found.
     */
    void abort(SandboxId id) {
        var present = List.copyOf(bySandbox.getOrDefault(id, Map.of()).values());
        present.stream().filter(Place::started).forEach(Place::cutOff);
        AFTER_A_MOMENT.execute(() -> present.forEach(Place::cutOff));
    }

    int count() {
        return all.get();
    }
}
