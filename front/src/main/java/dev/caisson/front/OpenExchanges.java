package dev.caisson.front;

import dev.caisson.base.SandboxId;
import dev.caisson.http.Exchange;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The exchanges under way with each sandbox. Safe for use by many threads. */
final class OpenExchanges {
    private final Map<SandboxId, Set<Exchange>> bySandbox = new ConcurrentHashMap<>();

    void add(SandboxId id, Exchange exchange) {
        bySandbox.compute(id, (_, present) -> {
            var exchanges = present == null ? ConcurrentHashMap.<Exchange>newKeySet() : present;
            exchanges.add(exchange);
            return exchanges;
        });
    }

    void remove(SandboxId id, Exchange exchange) {
        bySandbox.computeIfPresent(id, (_, exchanges) -> {
            exchanges.remove(exchange);
            return exchanges.isEmpty() ? null : exchanges;
        });
    }

    void abort(SandboxId id) {
        bySandbox.getOrDefault(id, Set.of()).forEach(Exchange::abort);
    }

    int count() {
        return bySandbox.values().stream().mapToInt(Set::size).sum();
    }
}
