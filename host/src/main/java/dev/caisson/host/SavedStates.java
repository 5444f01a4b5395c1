package dev.caisson.host;

import dev.caisson.host.snapshot.CpuFeatures;
import dev.caisson.host.snapshot.SavedState;
import dev.caisson.host.snapshot.SnapshotLimits;
import dev.caisson.host.snapshot.SnapshotManifest;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.host.snapshot.SnapshotStore;
import dev.caisson.image.ImageException;
import dev.caisson.image.LayerName;
import dev.caisson.image.LayerStacks;
import dev.caisson.node.Checkpoints;
import dev.caisson.node.SnapshotId;
import dev.caisson.node.Snapshots;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What concerns the saved states of one host, put together. */
final class SavedStates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SavedStates.class);

    private final Registry registry;
    private final SnapshotStore store;
    private final LayerStacks stacks;
    private final List<String> cpuFeatures;
    private final LiveSaves saves;
    private final Flattening flattening;
    private final HostSnapshots snapshots;
    private final LifeLog log;

    SavedStates(
            HostParts parts, HostConfig config, Registry registry, StepRunner runner, Endings endings, LifeLog log) {
        this.registry = registry;
        this.cpuFeatures = CpuFeatures.ofThisMachine().stream().sorted().toList();
        this.store = new SnapshotStore(
                parts.installation().data(), parts.frozen(),
                SnapshotLimits.defaults().withLeastDiskBytes(config.leastDiskBytes()), this::journaled);
        this.stacks = new LayerStacks(parts.layers(), parts.frozen(), parts.installation().run().resolve("views"));
        this.saves = new LiveSaves(store, parts.frozen(), runner, endings, cpuFeatures, parts.clock(), config.saves());
        this.flattening = new Flattening(store, stacks, parts.frozen(), parts.disks());
        this.snapshots = new HostSnapshots(registry, saves, store, flattening, log);
        this.log = log;
    }

    /** The disks that sandboxes are made of, those that are being made included. */
    private Set<LayerName.Frozen> journaled() {
        return registry.all().stream()
                .flatMap(sandbox -> sandbox.assembly().anyJournal().stream())
                .flatMap(journal -> journal.layers().stream())
                .flatMap(layer -> layer instanceof LayerName.Frozen disk ? Stream.of(disk) : Stream.of())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** To be called before sandboxes are looked at. Returns what was found amiss. */
    List<String> open() {
        stacks.clear();
        return store.open();
    }

    /** Every sandbox that there is was found: what belongs to none of them leaves. */
    void sandboxesAreKnown() {
        store.all(Kind.CHECKPOINT)
                .filter(checkpoint -> registry.find(checkpoint.source()).isEmpty())
                .map(SnapshotManifest::id)
                .toList()
                .forEach(store::delete);
        store.journalsAreKnown();
    }

    SnapshotStore store() {
        return store;
    }

    LiveSaves saves() {
        return saves;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    Checkpoints checkpoints(Rollbacks rollbacks) {
        return new HostCheckpoints(registry, saves, store, stacks, flattening, rollbacks, cpuFeatures, log);
    }

    /** Holds a snapshot, to make a sandbox from it; empty if there is none of that name. */
    Optional<SavedState> hold(String name) {
        var id = SnapshotId.parse(name).filter(known -> snapshots.find(known).isPresent());
        if (id.isEmpty()) {
            return Optional.empty();
        }
        var state = store.hold(id.get());
        try {
            CpuFeatures.require(state.manifest(), cpuFeatures);
            return Optional.of(state);
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    @Override
    public void close() {
        flattening.close();
        try {
            stacks.clear();
        } catch (ImageException e) {
            LOG.warn("{}", e.getMessage());
        }
    }
}
