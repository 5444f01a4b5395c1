package dev.caisson.host.snapshot;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.image.FrozenDisks;
import dev.caisson.image.LayerName;
import dev.caisson.linux.FileCopies;
import dev.caisson.node.NodeException;
import dev.caisson.node.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The saved states of one installation. Questions are answered from memory. Safe for use by many threads. */
public final class SnapshotStore {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);
    private static final String ASIDE = ".aside-";

    private final Path folder;
    private final FrozenDisks disks;
    private final SnapshotLimits limits;
    private final Supplier<Set<LayerName.Frozen>> journaled;
    private final Consumer<Path> flush;
    private final SnapshotQuarantine quarantine;
    private final Room room;
    private final Map<SnapshotId, SnapshotManifest> manifests = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean journalsAreKnown;

    /** Used under the lock. */
    private final Holds holds = new Holds();

    /**
     * @param data the installation's data folder
     * @param journaled the disks that sandboxes' journals name; asked under this store's lock
     */
    public SnapshotStore(Path data, FrozenDisks disks, SnapshotLimits limits, Supplier<Set<LayerName.Frozen>> journaled) {
        this(data, disks, limits, journaled, FileCopies::sync);
    }

    /** @param flush has the names in a folder on the disk when it returns */
    SnapshotStore(
            Path data, FrozenDisks disks, SnapshotLimits limits, Supplier<Set<LayerName.Frozen>> journaled, Consumer<Path> flush) {
        this.folder = data.resolve("snapshots");
        this.disks = disks;
        this.limits = limits;
        this.journaled = journaled;
        this.flush = flush;
        this.quarantine = new SnapshotQuarantine(data.resolve("quarantine").resolve("snapshots"));
        this.room = new Room(folder, limits);
    }

    /**
     * Reads what is there, removes what was half written and puts aside what is damaged. To be called once, before anything else.
     *
     * @return what was found amiss, for the repair report
     */
    public List<String> open() {
        var lines = new ArrayList<String>();
        try {
            new SnapshotFolder(folder).create();
            try (var entries = Files.list(folder)) {
                for (var entry : entries.sorted().toList()) {
                    open(entry, lines);
                }
            }
        } catch (IOException e) {
            throw new NodeException(Category.INTERNAL, "could not read the snapshots in " + folder + ": " + e.getMessage(), e);
        }
        return lines;
    }

    private void open(Path entry, List<String> lines) throws IOException {
        var name = String.valueOf(entry.getFileName());
        var id = SnapshotId.parse(name);
        var state = new SnapshotFolder(entry);
        if (name.startsWith(ASIDE) || id.isPresent() && !Files.exists(state.manifest())) {
            // Half written, or half deleted: the manifest comes with the name and goes first.
            state.delete();
        } else if (id.isEmpty()) {
            lines.add("'" + name + "' among the snapshots is none; it was left alone");
        } else {
            try {
                var manifest = state.read(id.get());
                requireWhole(state, manifest);
                manifests.put(id.get(), manifest);
            } catch (SnapshotFolder.DamagedException e) {
                lines.add(putAside(state, String.valueOf(e.getMessage())));
            }
        }
    }

    private void requireWhole(SnapshotFolder state, SnapshotManifest manifest) throws SnapshotFolder.DamagedException {
        var problems = new ArrayList<>(state.problems(manifest, false));
        manifest.frozen().stream()
                .filter(disk -> disks.find(disk).isEmpty())
                .forEach(disk -> problems.add("its layer " + disk.text() + " is gone"));
        if (!problems.isEmpty()) {
            throw new SnapshotFolder.DamagedException(String.join(", ", problems));
        }
    }

    private String putAside(SnapshotFolder state, String why) throws IOException {
        return "snapshot " + state.path().getFileName() + " is damaged (" + why + "); it was put aside as " + quarantine.take(state);
    }

    public Optional<SnapshotManifest> find(SnapshotId id) {
        return Optional.ofNullable(manifests.get(id));
    }

    /** All of a kind, in no particular order. */
    public Stream<SnapshotManifest> all(Kind kind) {
        return manifests.values().stream().filter(manifest -> manifest.kind() == kind);
    }

    /** The checkpoints of a sandbox, newest first. */
    public List<SnapshotManifest> checkpoints(SandboxId sandbox) {
        return all(Kind.CHECKPOINT)
                .filter(manifest -> manifest.source().equals(sandbox))
                .sorted(Comparator.comparing(SnapshotManifest::taken).reversed())
                .toList();
    }

    /**
     * Begins a state that will take about this much.
     *
     * @throws NodeException {@code EXHAUSTED} if there is no room; nothing was written then
     */
    public SnapshotDraft draft(long bytes) {
        var id = SnapshotId.random();
        var state = new SnapshotFolder(folder.resolve(ASIDE + id));
        room.reserve(bytes, manifests.values().stream().mapToLong(SnapshotManifest::bytes).sum());
        try {
            state.create();
            return new SnapshotDraft(this, id, state, bytes);
        } catch (IOException e) {
            discard(state, bytes);
            throw failed("make a folder for a snapshot", e);
        }
    }

    SnapshotManifest keep(SnapshotFolder aside, SnapshotManifest unmeasured) {
        try {
            var manifest = unmeasured.with(Checksums.measure(aside.memory()));
            aside.write(manifest);
            Files.move(aside.path(), folder.resolve(manifest.id().value()), StandardCopyOption.ATOMIC_MOVE);
            flushOrRemove(new SnapshotFolder(folder.resolve(manifest.id().value())));
            manifests.put(manifest.id(), manifest);
            retire(manifest);
            return manifest;
        } catch (IOException | CaissonException e) {
            throw failed("keep a snapshot", e);
        }
    }

    /** One that nobody was told of is not to be found by the next server either. */
    private void flushOrRemove(SnapshotFolder kept) throws IOException {
        try {
            flush.accept(folder);
        } catch (CaissonException e) {
            Files.deleteIfExists(kept.manifest());
            deleteQuietly(kept);
            throw e;
        }
    }

    /** The oldest checkpoints leave when a sandbox has too many. */
    private void retire(SnapshotManifest added) {
        if (added.kind() == Kind.CHECKPOINT) {
            checkpoints(added.source()).stream().skip(limits.mostCheckpoints()).forEach(old -> {
                try {
                    delete(old.id());
                } catch (NodeException e) {
                    LOG.warn("checkpoint {} is one too many and stays for now: {}", old.id(), e.getMessage());
                }
            });
        }
    }

    /** Removes what is still there of a draft; what cannot be removed now goes at the next start. */
    void discard(SnapshotFolder aside, long bytes) {
        room.release(bytes);
        deleteQuietly(aside);
        collect();
    }

    /**
     * Holds a state, to go on from it.
     *
     * @throws NodeException {@code NOT_FOUND}; {@code INTERNAL} if it is damaged
     */
    public SavedState hold(SnapshotId id) {
        lock.lock();
        try {
            var manifest = find(id).orElseThrow(() -> new NodeException(Category.NOT_FOUND, "snapshot '" + id + "' not found"));
            var state = new SnapshotFolder(folder.resolve(id.value()));
            requireWhole(state, manifest);
            holds.hold(manifest);
            var held = new AtomicBoolean(true);
            return new SavedState(manifest, state, () -> {
                if (held.compareAndSet(true, false)) {
                    release(manifest, state);
                }
            });
        } catch (SnapshotFolder.DamagedException e) {
            throw new NodeException(Category.INTERNAL, "snapshot '" + id + "' is damaged: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    private void release(SnapshotManifest manifest, SnapshotFolder state) {
        boolean deleted;
        lock.lock();
        try {
            deleted = holds.release(manifest);
        } finally {
            lock.unlock();
        }
        if (deleted) {
            deleteQuietly(state);
            collect();
        }
    }

    void pin(LayerName.Frozen disk) {
        lock.lock();
        try {
            holds.pin(disk);
        } finally {
            lock.unlock();
        }
    }

    void unpin(LayerName.Frozen disk) {
        lock.lock();
        try {
            holds.unpin(disk);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets a state. What is used of it goes when it is used no more.
     *
     * @return false if there was none
     */
    public boolean delete(SnapshotId id) {
        var state = new SnapshotFolder(folder.resolve(id.value()));
        boolean used;
        lock.lock();
        try {
            if (!manifests.containsKey(id)) {
                return false;
            }
            state.forget();
            manifests.remove(id);
            used = holds.outlives(id, state);
        } catch (IOException e) {
            throw failed("delete snapshot " + id, e);
        } finally {
            lock.unlock();
        }
        if (!used) {
            deleteQuietly(state);
            collect();
        }
        return true;
    }

    /**
     * Puts other layers, which show the same, beneath a state.
     *
     * @param topmost bytes of the topmost of them
     * @return false if the state is gone
     */
    public boolean replaceLayers(SnapshotId id, List<LayerName> layers, long topmost) {
        lock.lock();
        try {
            var manifest = find(id);
            if (manifest.isEmpty()) {
                return false;
            }
            var next = manifest.get().over(layers, topmost);
            new SnapshotFolder(folder.resolve(id.value())).rewrite(next);
            manifests.put(id, next);
            return true;
        } catch (IOException e) {
            throw failed("change the layers of snapshot " + id, e);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the checkpoints of a sandbox that is gone. */
    public void deleteCheckpoints(SandboxId sandbox) {
        checkpoints(sandbox).forEach(checkpoint -> delete(checkpoint.id()));
    }

    /** Reads all of a state. Returns what is wrong with it; nothing if all is well. */
    public List<String> verify(SnapshotId id) {
        var manifest = find(id).orElseThrow(() -> new NodeException(Category.NOT_FOUND, "snapshot '" + id + "' not found"));
        return new SnapshotFolder(folder.resolve(id.value())).problems(manifest, true);
    }

    /** Puts a state that {@link #verify} found damaged aside. Returns a line for people. */
    public String putAside(SnapshotId id, List<String> problems) {
        lock.lock();
        try {
            var line = putAside(new SnapshotFolder(folder.resolve(id.value())), String.join(", ", problems));
            manifests.remove(id);
            return line;
        } catch (IOException e) {
            throw failed("put snapshot " + id + " aside", e);
        } finally {
            lock.unlock();
        }
    }

    /** From here on every sandbox's journal is among those that are asked for; what nothing names is removed. */
    public void journalsAreKnown() {
        journalsAreKnown = true;
        collect();
    }

    /**
     * Removes the frozen disks that nothing names any more; nothing until all journals are known. What cannot be removed now
     * goes the next time.
     */
    public void collect() {
        if (!journalsAreKnown) {
            return;
        }
        lock.lock();
        try {
            var kept = holds.pinned();
            manifests.values().forEach(manifest -> kept.addAll(manifest.frozen()));
            kept.addAll(quarantine.frozen());
            kept.addAll(journaled.get());
            var removed = disks.retain(kept);
            if (!removed.isEmpty()) {
                LOG.debug("frozen disks that nothing needs were removed: {}", removed);
            }
        } catch (CaissonException e) {
            LOG.warn("frozen disks that nothing needs could not be removed: {}", e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void deleteQuietly(SnapshotFolder state) {
        try {
            state.delete();
        } catch (IOException e) {
            LOG.warn("{} could not be removed; the next start tries again: {}", state.path(), e.toString());
        }
    }

    private static NodeException failed(String attempt, Exception e) {
        var full = e instanceof CaissonException known && known.category() == Category.EXHAUSTED
                || String.valueOf(e.getMessage()).contains("No space left");
        return new NodeException(full ? Category.EXHAUSTED : Category.INTERNAL, "could not " + attempt + ": " + e.getMessage(), e);
    }
}
