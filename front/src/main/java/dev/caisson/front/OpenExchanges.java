package dev.caisson.front;

import dev.caisson.base.SandboxId;
import dev.caisson.http.Exchange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.concurrent.atomic.AtomicInteger;

/** The exchanges under way with each sandbox, which are bounded. Safe for use by many threads. */
final class OpenExchanges {
    private static final Executor AFTER_A_MOMENT =
            CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS, Thread::startVirtualThread);

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

    /**
     * Cuts off the exchanges with a sandbox that has ended. Those whose answer has not begun get a moment first: most find out by
     * themselves, as their way to the guest broke, and are answered that the sandbox was not found.
     */
    void abort(SandboxId id) {
        var present = List.copyOf(bySandbox.getOrDefault(id, Set.of()));
        present.stream().filter(Exchange::started).forEach(Exchange::abort);
        if (present.stream().anyMatch(exchange -> !exchange.started())) {
            AFTER_A_MOMENT.execute(() -> present.stream().filter(isOpen(id)).forEach(Exchange::abort));
        }
    }

    private Predicate<Exchange> isOpen(SandboxId id) {
        return exchange -> bySandbox.getOrDefault(id, Set.of()).contains(exchange);
    }

    int count() {
        return all.get();
    }
}
