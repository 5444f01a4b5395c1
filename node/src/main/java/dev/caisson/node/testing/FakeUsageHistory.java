package dev.caisson.node.testing;

import dev.caisson.base.SandboxId;
import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageHistory;
import dev.caisson.node.UsageSample;
import dev.caisson.node.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Samples in memory, as the test gave them. Does not thin them; it remembers what step was asked for. Thread-safe. */
public final class FakeUsageHistory implements UsageHistory {
    private record Key(String owner, SandboxId id) {}

    private final Map<Key, List<UsageSample>> sandboxes = new ConcurrentHashMap<>();
    private final Map<String, List<TeamSample>> teams = new ConcurrentHashMap<>();
    private volatile Duration lastStep = Duration.ZERO;

    public void add(String owner, SandboxId id, UsageSample sample) {
        sandboxes.computeIfAbsent(new Key(owner, id), key -> Collections.synchronizedList(new ArrayList<>())).add(sample);
    }

    public void add(String owner, TeamSample sample) {
        teams.computeIfAbsent(owner, key -> Collections.synchronizedList(new ArrayList<>())).add(sample);
    }

    /** That of the last question. */
    public Duration lastStep() {
        return lastStep;
    }

    @Override
    public List<UsageSample> samples(String owner, SandboxId id, Window window) {
        lastStep = window.step();
        return of(owner, id).stream().filter(sample -> within(sample.at(), window)).toList();
    }

    @Override
    public Optional<UsageSample> latest(String owner, SandboxId id) {
        return of(owner, id).reversed().stream().findFirst();
    }

    @Override
    public Optional<Instant> since(String owner, SandboxId id) {
        return of(owner, id).stream().findFirst().map(UsageSample::at);
    }

    @Override
    public List<TeamSample> team(String owner, Window window) {
        lastStep = window.step();
        return teams.getOrDefault(owner, List.of()).stream().filter(sample -> within(sample.at(), window)).toList();
    }

    private List<UsageSample> of(String owner, SandboxId id) {
        return sandboxes.getOrDefault(new Key(owner, id), List.of());
    }

    private static boolean within(Instant at, Window window) {
        return !at.isBefore(window.from()) && at.isBefore(window.until());
    }
}
