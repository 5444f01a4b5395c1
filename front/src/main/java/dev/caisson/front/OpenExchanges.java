package dev.caisson.front;

import dev.caisson.base.SandboxId;
import dev.caisson.http.Exchange;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The exchanges under way with each sandbox, which are bounded. Safe for use by many threads. */
final class OpenExchanges {
    private final Map<SandboxId, Set<Exchange>> bySandbox = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();
    private final FrontLimits limits;

    OpenExchanges(FrontLimits limits) {
        this.limits = limits;
    }

    /** Whether an exchange may go on. */
    enum Admission { ADMITTED, TOO_MANY_WITH_SANDBOX, TOO_MANY }

    Admission add(SandboxId id, Exchange exchange) {
        if (all.incrementAndGet() > limits.withSandboxes()) {
            all.decrementAndGet();
            return Admission.TOO_MANY;
        }
        var exchanges = bySandbox.compute(id, (_, present) -> {
            var mine = present == null ? ConcurrentHashMap.<Exchange>newKeySet() : present;
            if (mine.size() < limits.perSandbox()) {
                mine.add(exchange);
            }
            return mine;
        });
        if (exchanges.contains(exchange)) {
            return Admission.ADMITTED;
        }
        all.decrementAndGet();
        return Admission.TOO_MANY_WITH_SANDBOX;
    }

    /** Does nothing for one that was not added, or was removed before. */
    void remove(SandboxId id, Exchange exchange) {
        bySandbox.computeIfPresent(id, (_, exchanges) -> {
            if (exchanges.remove(exchange)) {
                all.decrementAndGet();
            }
            return exchanges.isEmpty() ? null : exchanges;
        });
    }

    void abort(SandboxId id) {
        bySandbox.getOrDefault(id, Set.of()).forEach(Exchange::abort);
    }

    int count() {
        return all.get();
    }
}
