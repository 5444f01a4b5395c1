package dev.caisson.host;

import dev.caisson.engine.EngineSandbox;
import dev.caisson.guest.GuestAgent;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.snapshot.SavedState;
import dev.caisson.host.snapshot.SnapshotDraft;
import dev.caisson.host.snapshot.SnapshotManifest;
import dev.caisson.image.ContentHash;
import dev.caisson.image.FrozenDisks;
import dev.caisson.image.LayerName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What has been done so far to save a sandbox that goes on afterwards. Used by one thread. */
final class Save implements AutoCloseable {
    /**
     * What is wanted.
     *
     * @param name of a checkpoint
     * @param memory whether to save what runs too
     * @param hooks whether the guest's own programs are told; then its agent has to answer
     */
    record Wanted(SnapshotManifest.Kind kind, String name, boolean memory, boolean hooks) {
        static Wanted of(SnapshotManifest.Kind kind, boolean memory) {
            return new Wanted(kind, "", memory, true);
        }
    }

    private final Wanted wanted;
    private final Phase.Running running;
    private final Journal journal;
    private final Path disk;
    private final ReentrantLock words;
    private final SnapshotDraft draft;
    private FrozenDisks.@Nullable Draft copy;
    private @Nullable Instant taken;
    private boolean handedOver;

    Save(Wanted wanted, Phase.Running running, Assembly assembly, SnapshotDraft draft) {
        this.wanted = wanted;
        this.running = running;
        this.journal = assembly.journal();
        this.disk = assembly.folder().disk();
        this.words = assembly.words();
        this.draft = draft;
    }

    Wanted wanted() {
        return wanted;
    }

    EngineSandbox engine() {
        return running.engine();
    }

    GuestAgent agent() {
        return running.agent();
    }

    /** As {@link Assembly#words}. */
    ReentrantLock words() {
        return words;
    }

    SnapshotDraft draft() {
        return draft;
    }

    Path disk() {
        return disk;
    }

    /** It stands still since then. */
    void taken(Instant when) {
        taken = when;
    }

    void copy(FrozenDisks.Draft made) {
        copy = made;
    }

    Optional<FrozenDisks.Draft> anyCopy() {
        return Optional.ofNullable(copy);
    }

    /**
     * What it is: like its source, with what that had on its disk on top of its layers.
     *
     * @param frozen its disk
     */
    SnapshotManifest manifest(LayerName.Frozen frozen, long bytes, List<String> cpuFeatures) {
        var info = journal.info();
        var layers = new ArrayList<LayerName>();
        layers.add(frozen);
        layers.addAll(journal.layers());
        var handle = engine().handle();
        return new SnapshotManifest(
                SnapshotManifest.FORMAT, draft.id(), wanted.kind(), wanted.name(), info.id(), info.owner(),
                new SnapshotManifest.Template(info.templateId(), info.templateNames()), whenTaken(), wanted.memory(), layers,
                new SnapshotManifest.Machine(
                        info.cpus(), info.memoryBytes(), info.diskBytes(), handle.engine(), handle.build(), agent(layers), cpuFeatures),
                new SnapshotManifest.LinkPosition(info.id(), info.run(), journal.linkKey()), journal.guest(), List.of(), bytes);
    }

    /** Its layer is the topmost that is no disk. */
    private static ContentHash agent(List<LayerName> layers) {
        for (var layer : layers) {
            if (layer instanceof LayerName.Packed(ContentHash hash)) {
                return hash;
            }
        }
        throw new IllegalStateException("there is no layer of a template in " + layers);
    }

    private Instant whenTaken() {
        if (taken == null) {
            throw new IllegalStateException("sandbox " + journal.id() + " was not stopped yet");
        }
        return taken;
    }

    /** What was saved, for who closes it; it is not kept beyond that. */
    SavedState handOver(SnapshotManifest manifest) {
        var state = draft.use(manifest);
        handedOver = true;
        return state;
    }

    /** Removes what was neither kept nor handed over. */
    @Override
    public void close() {
        anyCopy().ifPresent(made -> made.close());
        if (!handedOver) {
            draft.close();
        }
    }
}
