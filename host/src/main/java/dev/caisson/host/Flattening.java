package dev.caisson.host;

import dev.caisson.base.CaissonException;
import dev.caisson.host.snapshot.SavedState;
import dev.caisson.host.snapshot.SnapshotManifest;
import dev.caisson.host.snapshot.SnapshotStore;
import dev.caisson.image.FrozenDisks;
import dev.caisson.image.LayerName;
import dev.caisson.image.LayerStacks;
import dev.caisson.image.WritableDisks;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps stacks of layers short: where one state was saved on top of another and that on yet another, the disks on top are made
 * one, in the background and one state at a time. What fails is left as it was, which is right, only slower.
 */
final class Flattening {
    /** Every file that is opened in a sandbox is looked for in each; the kernel takes some forty. */
    static final int MOST = 8;

    private static final Logger LOG = LoggerFactory.getLogger(Flattening.class);

    private final SnapshotStore store;
    private final LayerStacks stacks;
    private final FrozenDisks frozen;
    private final WritableDisks disks;
    private final Semaphore turn = new Semaphore(1);
    private volatile boolean closed;

    Flattening(SnapshotStore store, LayerStacks stacks, FrozenDisks frozen, WritableDisks disks) {
        this.store = store;
        this.stacks = stacks;
        this.frozen = frozen;
        this.disks = disks;
    }

    /** Returns at once. */
    void consider(SnapshotManifest saved) {
        if (onTop(saved.layers()).size() > MOST) {
            Thread.ofVirtual().name("flatten-" + saved.id()).start(() -> flatten(saved));
        }
    }

    void close() {
        closed = true;
    }

    private void flatten(SnapshotManifest saved) {
        turn.acquireUninterruptibly();
        try (var state = store.hold(saved.id())) {
            if (!closed) {
                flatten(state);
            }
        } catch (CaissonException | IOException e) {
            LOG.info("the layers of {} stay as many as they are: {}", saved.id(), e.getMessage());
        } finally {
            turn.release();
        }
    }

    private void flatten(SavedState state) throws IOException {
        var layers = state.manifest().layers();
        var many = onTop(layers);
        long size = 0;
        long bytes = 0;
        for (var disk : many) {
            size += Files.size(frozen.find(disk).orElseThrow());
            bytes += frozen.bytes(disk);
        }
        // Written once, and copied once to be kept.
        try (var draft = store.draft(2 * bytes)) {
            disks.create(draft.scratch(), size);
            stacks.merge(layers, many.size(), draft.scratch());
            try (var one = frozen.draft(draft.scratch())) {
                draft.pin(one.name());
                var next = new ArrayList<LayerName>();
                next.add(one.keep());
                next.addAll(layers.subList(many.size(), layers.size()));
                var unused = store.replaceLayers(state.manifest().id(), next, frozen.bytes(one.name()));
            }
        }
    }

    /** The disks on top of what was packed. */
    private static List<LayerName.Frozen> onTop(List<LayerName> layers) {
        var disks = new ArrayList<LayerName.Frozen>();
        for (var layer : layers) {
            if (!(layer instanceof LayerName.Frozen disk)) {
                break;
            }
            disks.add(disk);
        }
        return disks;
    }
}
