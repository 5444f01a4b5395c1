package dev.caisson.host.history;

import dev.caisson.base.SandboxId;
import dev.caisson.node.TeamSample;
import dev.caisson.node.UsageHistory;
import dev.caisson.node.UsageSample;
import dev.caisson.node.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Samples in files, the last one of each running sandbox in memory as well. One thread adds, any may read. */
final class UsageStore implements UsageHistory {
    private static final Logger LOG = LoggerFactory.getLogger(UsageStore.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Latest(String owner, UsageSample sample) {}

    private final HistoryFolder folder;
    private final HistoryConfig config;
    private final Room room;
    private final InstantSource clock;
    private final Readers readers = new Readers("metrics", PATIENCE);
    private final Map<SandboxId, Latest> latest = new ConcurrentHashMap<>();
    private boolean failing;

    UsageStore(HistoryFolder folder, HistoryConfig config, Room room, InstantSource clock) {
        this.folder = folder;
        this.config = config;
        this.room = room;
        this.clock = clock;
    }

    void add(String owner, SandboxId id, UsageSample sample) {
        latest.put(id, new Latest(owner, sample));
        append(usage(owner, id), sample);
    }

    /** The sandbox has ended: its last sample is in its file only. */
    void forget(SandboxId id) {
        latest.remove(id);
    }

    void add(String owner, TeamSample sample) {
        append(team(owner), sample);
    }

    private <T> void append(SampleFile<T> file, T sample) {
        if (!room.enough()) {
            return;
        }
        try {
            file.append(sample);
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("samples of what sandboxes use cannot be kept and are dropped until that is mended: {}", e.toString());
            }
            failing = true;
        }
    }

    @Override
    public List<UsageSample> samples(String owner, SandboxId id, Window window) {
        return read(usage(owner, id), SampleForms.USAGE, kept(window, config.keep()));
    }

    @Override
    public Optional<UsageSample> latest(String owner, SandboxId id) {
        var known = latest.get(id);
        if (known != null) {
            return known.owner().equals(owner) ? Optional.of(known.sample()) : Optional.empty();
        }
        try {
            return usage(owner, id).last();
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    @Override
    public Optional<Instant> since(String owner, SandboxId id) {
        try {
            var oldest = clock.instant().minus(config.keep());
            return usage(owner, id).first().map(UsageSample::at).map(first -> first.isBefore(oldest) ? oldest : first);
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    @Override
    public List<TeamSample> team(String owner, Window window) {
        return read(team(owner), SampleForms.TEAM, kept(window, config.keepTeams()));
    }

    private <T> List<T> read(SampleFile<T> file, SampleForm<T> form, Window window) {
        var thinner = new Thinner<>(form, window);
        readers.takeTurn();
        try {
            file.read(window.from(), window.until(), thinner);
        } catch (IOException e) {
            unreadable(e);
        } finally {
            readers.done();
        }
        return thinner.kept();
    }

    private static <T> Optional<T> unreadable(IOException e) {
        LOG.warn("samples of what sandboxes used could not be read: {}", e.toString());
        return Optional.empty();
    }

    /** Files may hold twice as much as is kept. */
    private Window kept(Window window, Duration keep) {
        var oldest = clock.instant().minus(keep);
        return window.from().isBefore(oldest) ? new Window(oldest, window.until(), window.step()) : window;
    }

    private SampleFile<UsageSample> usage(String owner, SandboxId id) {
        return new SampleFile<>(folder.usage(owner, id), SampleForms.USAGE, most(config.keep()));
    }

    private SampleFile<TeamSample> team(String owner) {
        return new SampleFile<>(folder.team(owner), SampleForms.TEAM, most(config.keepTeams()));
    }

    private long most(Duration keep) {
        return keep.dividedBy(config.sampleEvery());
    }
}
