package dev.caisson.envd;

import dev.caisson.base.SandboxId;
import dev.caisson.guest.GuestStats;
import dev.caisson.node.Node;
import dev.caisson.node.SandboxInfo;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * {@code GET /metrics} ({@code contract/envd.md} §3.2). Remembers the last counters of each sandbox, because the share of busy
 * time is that since the call before; without them (the first call, or the server was restarted) it is that since the start.
 * Safe for use by many threads.
 */
final class Metrics {
    private static final int MEBIBYTE = 1 << 20;

    /** How many more than there are sandboxes may be remembered before those of ended ones are dropped. */
    private static final int SLACK = 64;

    private final Node node;
    private final Clock clock;
    private final Map<SandboxId, Sample> samples = new ConcurrentHashMap<>();

    private record Sample(int run, Duration uptime, Duration busy) {
        static final Duration NOTHING = Duration.ZERO;
    }

    Metrics(Node node, Clock clock) {
        this.node = node;
        this.clock = clock;
    }

    Map<String, Object> of(SandboxInfo sandbox, GuestStats stats) {
        var used = stats.memoryTotal() - stats.memoryAvailable();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("ts", clock.instant().getEpochSecond());
        fields.put("cpu_count", stats.cpus());
        fields.put("cpu_used_pct", busyPercent(sandbox, stats));
        fields.put("mem_total_mib", stats.memoryTotal() / MEBIBYTE);
        fields.put("mem_used_mib", used / MEBIBYTE);
        fields.put("mem_total", stats.memoryTotal());
        fields.put("mem_used", used);
        fields.put("mem_cache", stats.memoryCache());
        fields.put("disk_total", stats.diskTotal());
        fields.put("disk_used", stats.diskTotal() - stats.diskAvailable());
        return fields;
    }

    private double busyPercent(SandboxInfo sandbox, GuestStats stats) {
        var now = new Sample(sandbox.run(), stats.uptime(), stats.cpuBusy());
        var before = samples.put(sandbox.id(), now);
        forgetEnded();
        var known = before != null && before.run() == now.run() && before.uptime().compareTo(now.uptime()) < 0;
        var since = known ? before : new Sample(now.run(), Sample.NOTHING, Sample.NOTHING);
        var capacity = now.uptime().minus(since.uptime()).toNanos() * (double) Math.max(1, stats.cpus());
        var share = capacity <= 0 ? 0 : now.busy().minus(since.busy()).toNanos() / capacity;
        return Math.round(Math.clamp(share, 0, 1) * 10_000) / 100.0;
    }

    private void forgetEnded() {
        if (samples.size() > SLACK) {
            var alive = node.list().stream().map(SandboxInfo::id).collect(Collectors.toSet());
            if (samples.size() > alive.size() + SLACK) {
                samples.keySet().retainAll(alive);
            }
        }
    }
}
