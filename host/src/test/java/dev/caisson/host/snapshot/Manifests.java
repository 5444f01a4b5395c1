package dev.caisson.host.snapshot;

import dev.caisson.base.SandboxId;
import dev.caisson.host.journal.Journal.GuestDefaults;
import dev.caisson.host.snapshot.SnapshotManifest.Kind;
import dev.caisson.image.ContentHash;
import dev.caisson.image.LayerName;
import dev.caisson.node.SnapshotId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Manifests for tests. */
final class Manifests {
    static final SandboxId SOURCE = new SandboxId("i0123456789abcdefghi");
    static final Instant TAKEN = Instant.parse("2026-01-02T03:04:05.678901234Z");

    private Manifests() {}

    static SnapshotManifest of(SnapshotId id, Kind kind, LayerName.Frozen disk) {
        return of(id, kind, disk, TAKEN);
    }

    static SnapshotManifest of(SnapshotId id, Kind kind, LayerName.Frozen disk, Instant taken) {
        var layers = new ArrayList<LayerName>();
        layers.add(disk);
        layers.add(LayerName.of("b".repeat(64)));
        layers.add(LayerName.of("a".repeat(64)));
        return new SnapshotManifest(
                SnapshotManifest.FORMAT, id, kind, "before the test", SOURCE, "team",
                new SnapshotManifest.Template("base0000000000000000", List.of("base")), taken, true, layers,
                new SnapshotManifest.Machine(
                        2, 1L << 30, 10L << 30, "gvisor", "caisson-1", new ContentHash("b".repeat(64)), List.of("avx", "sse")),
                new SnapshotManifest.LinkPosition(SOURCE, 3, 1),
                new GuestDefaults("user", "/home/user", Map.of("K", "v")), List.of(), 1000);
    }
}
