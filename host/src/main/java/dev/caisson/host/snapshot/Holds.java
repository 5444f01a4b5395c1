package dev.caisson.host.snapshot;

import dev.caisson.image.LayerName;
import dev.caisson.node.SnapshotId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What work in progress needs, counted. Used under the store's lock. */
final class Holds {
    private final Map<LayerName.Frozen, Integer> disks = new HashMap<>();
    private final Map<SnapshotId, Integer> states = new HashMap<>();
    private final Map<SnapshotId, SnapshotFolder> doomed = new HashMap<>();

    void pin(LayerName.Frozen disk) {
        disks.merge(disk, 1, Integer::sum);
    }

    void unpin(LayerName.Frozen disk) {
        disks.computeIfPresent(disk, (_, count) -> count == 1 ? null : count - 1);
    }

    Set<LayerName.Frozen> pinned() {
        return new HashSet<>(disks.keySet());
    }

    void hold(SnapshotManifest state) {
        states.merge(state.id(), 1, Integer::sum);
        state.frozen().forEach(this::pin);
    }

    /** Whether that was the last hold of a state that was deleted meanwhile, so that its folder is to go now. */
    boolean release(SnapshotManifest state) {
        state.frozen().forEach(this::unpin);
        states.computeIfPresent(state.id(), (_, count) -> count == 1 ? null : count - 1);
        return !states.containsKey(state.id()) && doomed.remove(state.id()) != null;
    }

    /** Whether a state that is being deleted is held, so that its folder has to stay for now. */
    boolean outlives(SnapshotId id, SnapshotFolder folder) {
        var held = states.containsKey(id);
        if (held) {
            doomed.put(id, folder);
        }
        return held;
    }
}
