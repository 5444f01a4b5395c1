package dev.caisson.host.history;

import dev.caisson.base.CaissonException;
import dev.caisson.base.SandboxId;
import dev.caisson.node.UsageSample;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at running sandboxes, each as soon as it is seen and then at its interval, through the host's counters only. Used by
 * one thread.
 */
final class Sampler {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

    /** A sandbox first seen when it is older than this was adopted: its share of the processors is counted from there. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** @param share at the last look; null if none has succeeded yet */
    private record Seen(@Nullable CpuShare share, long dueNanos) {}

    private final Supplier<Collection<Subject>> running;
    private final UsageStore store;
    private final TeamTally teams;
    private final Duration every;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Map<SandboxId, Seen> seen = new HashMap<>();

    /** @param nanos a steady clock */
    Sampler(
            Supplier<Collection<Subject>> running, UsageStore store, TeamTally teams, Duration every, InstantSource clock,
            LongSupplier nanos) {
        this.running = running;
        this.store = store;
        this.teams = teams;
        this.every = every;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** Looks at those that are due; to be called more often than any is. */
    void tick() {
        var subjects = running.get();
        for (var subject : subjects) {
            var known = seen.get(subject.info().id());
            if (known == null || known.dueNanos() - nanos.getAsLong() <= 0) {
                look(subject, known);
            }
        }
        forgetEnded(subjects.stream().map(subject -> subject.info().id()).collect(Collectors.toSet()));
        teams.tick(subjects);
    }

    private void look(Subject subject, @Nullable Seen known) {
        var info = subject.info();
        try {
            var usage = subject.usage().get();
            var share = new CpuShare(usage.cpu(), nanos.getAsLong());
            if (!subject.stillRuns().get()) {
                return;
            }
            var now = clock.instant();
            var age = Duration.between(info.started(), now);
            var last = known == null ? null : known.share();
            if (last == null && age.compareTo(FRESH) > 0) {
                seen.put(info.id(), new Seen(share, share.nanos()));
                return;
            }
            var before = last == null ? new CpuShare(Duration.ZERO, share.nanos() - Math.max(1, age.toNanos())) : last;
            store.add(info.owner(), info.id(), new UsageSample(
                    now, info.cpus(), share.percentSince(before, info.cpus()), Math.min(usage.memoryBytes(), info.memoryBytes()),
                    info.memoryBytes(), usage.cacheBytes(), usage.diskUsedBytes(), usage.diskTotalBytes()));
            seen.put(info.id(), new Seen(share, due(known, share.nanos())));
        } catch (CaissonException e) {
            // It has ended between being listed and being looked at, or is about to.
            return;
        } catch (RuntimeException e) {
            // A defect in one must not end the samples of those behind it.
            LOG.error("sandbox {} could not be looked at", info.id(), e);
            seen.put(info.id(), new Seen(known == null ? null : known.share(), nanos.getAsLong() + every.toNanos()));
        }
    }

    /** A tick that came late does not move those that follow. */
    private long due(@Nullable Seen known, long now) {
        long next = (known == null ? now : known.dueNanos()) + every.toNanos();
        return next - now <= 0 ? now + every.toNanos() : next;
    }

    private void forgetEnded(Set<SandboxId> running) {
        seen.keySet().removeIf(id -> {
            var ended = !running.contains(id);
            if (ended) {
                store.forget(id);
            }
            return ended;
        });
    }
}
