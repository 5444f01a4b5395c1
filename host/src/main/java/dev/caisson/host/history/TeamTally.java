package dev.caisson.host.history;

import dev.caisson.node.SandboxInfo;
import dev.caisson.node.TeamSample;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * How many sandboxes of each owner run and start. One with nothing running gets one last sample, of 0, and then none. Used by
 * one thread, except {@link #started}.
 */
final class TeamTally {
    private final UsageStore store;
    private final Duration every;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Set<String> before = new HashSet<>();
    private final Map<String, Integer> starts = new HashMap<>();
    private long lastNanos;

    TeamTally(UsageStore store, Duration every, InstantSource clock, LongSupplier nanos) {
        this.store = store;
        this.every = every;
        this.clock = clock;
        this.nanos = nanos;
        this.lastNanos = nanos.getAsLong() - every.toNanos();
    }

    /** A sandbox was made, however short it will live. From any thread. */
    void started(String owner) {
        synchronized (starts) {
            starts.merge(owner, 1, Integer::sum);
        }
    }

    void tick(Collection<Subject> subjects) {
        long now = nanos.getAsLong();
        if (now - lastNanos < every.toNanos()) {
            return;
        }
        var seconds = (now - lastNanos) / 1e9;
        lastNanos = now;
        var running = subjects.stream().map(Subject::info).collect(Collectors.groupingBy(SandboxInfo::owner, Collectors.counting()));
        var started = takeStarts();
        var owners = new TreeSet<>(before);
        owners.addAll(running.keySet());
        owners.addAll(started.keySet());
        for (var owner : owners) {
            store.add(owner, new TeamSample(
                    clock.instant(), running.getOrDefault(owner, 0L).intValue(), started.getOrDefault(owner, 0) / seconds));
        }
        before.clear();
        before.addAll(running.keySet());
        before.addAll(started.keySet());
    }

    private Map<String, Integer> takeStarts() {
        synchronized (starts) {
            var taken = Map.copyOf(starts);
            starts.clear();
            return taken;
        }
    }
}
